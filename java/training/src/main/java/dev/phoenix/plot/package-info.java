/**
 * Plots as SVG: panels of lines and points over linear or logarithmic axes. A chart library would
 * weigh more than the rest of the product.
 */
@NullMarked
package dev.phoenix.plot;

import org.jspecify.annotations.NullMarked;
