package dev.phoenix.device.cuda;

/** The descriptors of one product, and their owner. Host memory only: needs no device. */
final class MatmulDescriptors implements AutoCloseable {
  private final OwnedHandles owned = new OwnedHandles();
  private final ProductDescriptor product;
  private final MatrixDescriptor left;
  private final MatrixDescriptor right;
  private final MatrixDescriptor out;

  private MatmulDescriptors(ColumnMajorProduct description) {
    try {
      product = owned.add(ProductDescriptor.create(description));
      left = owned.add(MatrixDescriptor.create(description.left(), description.batches()));
      right = owned.add(MatrixDescriptor.create(description.right(), description.batches()));
      out = owned.add(MatrixDescriptor.create(description.out(), description.batches()));
    } catch (RuntimeException e) {
      owned.closeAfter(e);
      throw e;
    }
  }

  static MatmulDescriptors create(ColumnMajorProduct description) {
    return new MatmulDescriptors(description);
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
