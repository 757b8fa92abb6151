@NullMarked
package dev.phoenix.scoring;

import org.jspecify.annotations.NullMarked;
