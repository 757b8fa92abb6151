package dev.phoenix.fit;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.UserPooling;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.evaluation.EngagedEvents;
