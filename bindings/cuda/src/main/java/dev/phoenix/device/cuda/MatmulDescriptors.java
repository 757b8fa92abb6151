package dev.phoenix.device.cuda;

import dev.phoenix.lifecycle.Closer;

/** Owns the descriptors of one product. Uses host memory only and needs no device. */
final class MatmulDescriptors implements AutoCloseable {
  private final Closer owned;
  private final ProductDescriptor product;
  private final MatrixDescriptor left;
  private final MatrixDescriptor right;
  private final MatrixDescriptor out;

  private MatmulDescriptors(Closer owned, ColumnMajorProduct description) {
    this.owned = owned;
    product = owned.own(ProductDescriptor.create(description));
    left = owned.own(MatrixDescriptor.create(description.left(), description.batches()));
    right = owned.own(MatrixDescriptor.create(description.right(), description.batches()));
    out = owned.own(MatrixDescriptor.create(description.out(), description.batches()));
  }

  static MatmulDescriptors create(ColumnMajorProduct description) {
    return Closer.open(owned -> new MatmulDescriptors(owned, description));
  }

  ProductDescriptor product() {
    return product;
  }

  MatrixDescriptor left() {
    return left;
  }

  MatrixDescriptor right() {
    return right;
  }

  MatrixDescriptor out() {
    return out;
  }

  @Override
  public void close() {
    owned.close();
  }
}
