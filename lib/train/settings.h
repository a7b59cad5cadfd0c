/*
 * settings.h - the options of a training run, checked and with their defaults filled in.
 */
#ifndef TRAIN_SETTINGS_H
#define TRAIN_SETTINGS_H

#include "../base/error.h"
#include "../emnist_train.h"
#include "augment.h"

struct settings {
	uint32_t hidden[64]; /* (n_hidden) */
	size_t n_hidden;
	enum emnist_activation activation;
	bool batch_norm;
	double dropout;

	unsigned n_epochs;
	size_t n_rows;
	size_t shard_rows;
	double learning_rate;
	double warmup_epochs;
	double weight_decay;
	double ema_decay; /* 0: none */
	double freeze;    /* fraction of the steps, at the end, with frozen statistics */
	double label_smoothing;

	struct distortion distortion;
	double anneal; /* fraction of the variants, at the end, over which distortions fade out */
	unsigned n_variants; /* distortions of each image, used in turn, one per epoch */

	double temperature;
	double teacher_share;

	double validation;
	bool calibrate;
	uint64_t seed;
	unsigned n_threads;
	double checkpoint_seconds;
};

/* Fills settings from options (may be NULL), or names the option that is out of range. */
enum emnist_status settings_resolve(struct settings *settings,
				    const struct emnist_train_options *options,
				    struct emnist_error *error);

/* The distortion of images in a variant, 0..n_variants-1. */
struct distortion settings_distortion(const struct settings *settings, uint64_t variant);

/* A hash of all settings that affect the result. */
uint64_t settings_fingerprint(const struct settings *settings);

#endif
