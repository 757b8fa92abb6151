/** Trainers, data sets, evaluation, training runs and the synthetic world. */
module dev.phoenix.training {
  requires static org.jspecify;
  requires tools.jackson.databind;
  requires transitive dev.phoenix.core;

  exports dev.phoenix.dataset;
  exports dev.phoenix.evaluation;
  exports dev.phoenix.plot to
      dev.phoenix.bench,
      dev.phoenix.cli;
  exports dev.phoenix.training;
  exports dev.phoenix.training.run;
  exports dev.phoenix.world;
}
