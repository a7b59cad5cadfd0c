/*
 * test_backprop.c - gradients and steps of the trainer, against finite differences and PyTorch.
 */
#include "../base/memory.h"
#include "../network/blas.h"
#include "../train/backprop.h"
#include "../train/optimizer.h"
#include "../train/products.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

/* The shapes of testdata/generate_training.py. */
#define ROWS      32
#define N_INPUTS  6
#define N_OUTPUTS 7
#define STEPS     5

static const uint32_t hidden[] = {5, 4};

static const char *const activation_names[] = {"",     "relu",    "elu", "leaky_relu",
					       "selu", "sigmoid", "tanh"};

struct problem {
	struct net net;
	struct batch batch;
	struct target targets[ROWS];
	uint16_t classes[ROWS][2];
};

static void problem_init(struct problem *problem, enum emnist_activation activation,
			 bool batch_norm, double dropout, size_t shard_rows, bool taught)
{
	const struct net_shape shape = {
		.n_inputs = N_INPUTS,
		.hidden = hidden,
		.n_hidden = 2,
		.n_outputs = N_OUTPUTS,
		.activation = activation,
		.batch_norm = batch_norm,
	};

	assert_int_equal(net_init(&problem->net, &shape, 7, NULL), EMNIST_OK);
	assert_int_equal(
		batch_init(&problem->batch, &problem->net, ROWS, shard_rows, dropout, taught, NULL),
		EMNIST_OK);
	for (size_t r = 0; r < ROWS; r++) {
		problem->targets[r].classes = problem->classes[r];
		problem->batch.targets[r] = &problem->targets[r];
	}
}

static void problem_clear(struct problem *problem)
{
	batch_clear(&problem->batch, &problem->net);
	net_clear(&problem->net);
}

static void set_target(struct problem *problem, size_t row, uint16_t first, uint16_t second,
		       float weight)
{
	problem->classes[row][0] = first < second ? first : second;
	problem->classes[row][1] = first < second ? second : first;
	problem->targets[row].n = first == second ? 1 : 2;
	problem->targets[row].weight = weight;
}

static double both_passes(struct problem *problem)
{
	double loss = 0;

	for (size_t s = 0; s < problem->batch.n_shards; s++) {
		batch_forward(&problem->batch, &problem->net, s);
		batch_backward(&problem->batch, &problem->net, s);
		loss += problem->batch.losses[s];
	}
	return loss;
}

/* All gradients, in the order of the parameters. */
static void all_gradients(const struct problem *problem, float *gradients)
{
	const struct batch *batch = &problem->batch;

	for (size_t l = 0; l < problem->net.n_layers; l++) {
		const struct net_layer *layer = &problem->net.layers[l];
		const size_t n = layer->width;
		float *by_input = alloc_floats(layer->n_inputs, n);
		float *deltas = alloc_floats(batch->n_rows, n);

		product_gradient(batch, &problem->net, l, 0, n, by_input, deltas);
		for (size_t i = 0; i < layer->n_inputs; i++)
			for (size_t o = 0; o < n; o++)
				gradients[net_weight(layer, o, i)] = by_input[i * n + o];
		batch_sum_shards(batch, batch->layers[l].d_bias, n, 0, n, 1,
				 gradients + layer->bias);
		if (layer->batch_norm)
			batch_sum_shards(batch, batch->layers[l].d_scale, n, 0, n, 1,
					 gradients + layer->scale);
		free(by_input);
		free(deltas);
	}
}

/* ------------------------------------------------------ finite differences */

static void fill_randomly(struct problem *problem)
{
	struct random random = random_stream(3, RANDOM_AUGMENT, 0, 0);

	for (size_t i = 0; i < ROWS * N_INPUTS; i++)
		problem->batch.inputs[i] = (float)random_unit(&random);
	for (size_t r = 0; r < ROWS; r++) {
		const uint16_t class = (uint16_t)random_below(&random, N_OUTPUTS);

		set_target(problem, r, class, r % 3 ? class : (uint16_t)((class + 1) % N_OUTPUTS),
			   (float)(0.5 + random_unit(&random)));
	}
	for (size_t i = 0; i < problem->net.n_parameters; i++)
		problem->net.parameters[i] += (float)random_within(&random, 0.2);
}

/* Central differences of the loss: float arithmetic leaves an error of about 1e-3. */
static void check_differences(enum emnist_activation activation, bool batch_norm, double dropout,
			      size_t shard_rows)
{
	const float step = 4e-3F;
	struct problem problem = {0};
	float *gradients;
	double worst = 0;

	problem_init(&problem, activation, batch_norm, dropout, shard_rows, false);
	fill_randomly(&problem);
	gradients = alloc_floats(1, problem.net.n_parameters);
	both_passes(&problem);
	all_gradients(&problem, gradients);
	for (size_t i = 0; i < problem.net.n_parameters; i++) {
		float *parameter = &problem.net.parameters[i];
		const float value = *parameter;
		double above, below, difference;

		*parameter = value + step;
		above = both_passes(&problem) / ROWS;
		*parameter = value - step;
		below = both_passes(&problem) / ROWS;
		*parameter = value;
		difference = (above - below) / (2 * (double)step);
		difference = fabs(difference - (double)gradients[i]);
		worst = difference <= worst ? worst : difference;
	}
	free(gradients);
	problem_clear(&problem);
	if (!(worst <= 2e-3))
		fail_msg("%s%s, dropout %g, %zu rows a shard: gradient off by %g",
			 activation_names[activation], batch_norm ? " with batch norm" : "",
			 dropout, shard_rows, worst);
}

static void gradients_match_finite_differences(void **state)
{
	(void)state;
	/* The piecewise linear ones have kinks, where differences mean nothing: tested below. */
	for (int batch_norm = 0; batch_norm < 2; batch_norm++) {
		check_differences(EMNIST_ELU, batch_norm, 0, ROWS);
		check_differences(EMNIST_SIGMOID, batch_norm, 0, ROWS / 2);
		check_differences(EMNIST_TANH, batch_norm, 0, ROWS);
		check_differences(EMNIST_TANH, batch_norm, 0.3, ROWS / 2);
	}
}

/* ----------------------------------------------------------------- PyTorch */

/* Reads "NAME COUNT" and COUNT numbers. */
static float *read_array(FILE *file, const char *name, size_t n_wanted)
{
	float *values = alloc_floats(1, n_wanted);
	char found[32];
	size_t n;

	assert_int_equal(fscanf(file, "%31s %zu", found, &n), 2);
	assert_string_equal(found, name);
	assert_int_equal(n, n_wanted);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(fscanf(file, "%f", &values[i]), 1);
	return values;
}

static void assert_close(const char *name, const char *what, const float *got, const size_t *places,
			 const float *wanted, size_t n, double tolerance)
{
	for (size_t i = 0; i < n; i++)
		if (!(fabs((double)got[places[i]] - (double)wanted[i]) <= tolerance))
			fail_msg("%s: %s %zu is %.8g, PyTorch's %.8g", name, what, i,
				 (double)got[places[i]], (double)wanted[i]);
}

/* Where PyTorch's parameters, layer after layer weights (n_outputs, n_inputs), bias and scale, lie
 * among ours, and its running statistics; (n of them). */
static size_t *parameter_places(const struct net *net, size_t *n_ret)
{
	size_t *places = alloc_array(net->n_parameters, sizeof(*places)), n = 0;

	for (size_t l = 0; l < net->n_layers; l++) {
		const struct net_layer *layer = &net->layers[l];

		for (size_t o = 0; o < layer->n_outputs; o++)
			for (size_t i = 0; i < layer->n_inputs; i++)
				places[n++] = net_weight(layer, o, i);
		for (size_t o = 0; o < layer->n_outputs; o++)
			places[n++] = layer->bias + o;
		for (size_t o = 0; layer->batch_norm && o < layer->n_outputs; o++)
			places[n++] = layer->scale + o;
	}
	*n_ret = n;
	return places;
}

static size_t *stat_places(const struct net *net, size_t *n_ret)
{
	size_t *places = alloc_array(net->n_stats, sizeof(*places)), n = 0;

	for (size_t l = 0; l < net->n_layers; l++)
		for (size_t k = 0; net->layers[l].batch_norm && k < 2; k++)
			for (size_t o = 0; o < net->layers[l].n_outputs; o++)
				places[n++] = net->layers[l].stats + k * net->layers[l].width + o;
	*n_ret = n;
	return places;
}

struct reference {
	size_t *parameter_places, *stat_places;
	size_t n_parameters, n_stats;
	float *parameters, *inputs, *first, *second, *weight, *soft, *gradients, *losses, *final,
		*average, *stats;
};

static void reference_read(struct reference *reference, FILE *file, const struct net *net,
			   bool taught)
{
	reference->parameter_places = parameter_places(net, &reference->n_parameters);
	reference->stat_places = stat_places(net, &reference->n_stats);
	reference->parameters = read_array(file, "parameters", reference->n_parameters);
	reference->inputs = read_array(file, "inputs", (size_t)STEPS * ROWS * N_INPUTS);
	reference->first = read_array(file, "first", (size_t)STEPS * ROWS);
	reference->second = read_array(file, "second", (size_t)STEPS * ROWS);
	reference->weight = read_array(file, "weight", (size_t)STEPS * ROWS);
	reference->soft = NULL;
	if (taught)
		reference->soft = read_array(file, "soft", (size_t)STEPS * ROWS * N_OUTPUTS);
	reference->gradients = read_array(file, "gradients", reference->n_parameters);
	reference->losses = read_array(file, "losses", STEPS);
	reference->final = read_array(file, "final", reference->n_parameters);
	reference->average = read_array(file, "average", reference->n_parameters);
	reference->stats = read_array(file, "stats", reference->n_stats);
}

static void reference_clear(struct reference *reference)
{
	free(reference->parameter_places);
	free(reference->stat_places);
	free(reference->parameters);
	free(reference->inputs);
	free(reference->first);
	free(reference->second);
	free(reference->weight);
	free(reference->soft);
	free(reference->gradients);
	free(reference->losses);
	free(reference->final);
	free(reference->average);
	free(reference->stats);
}

static void reference_step(struct problem *problem, const struct reference *reference,
			   const char *name, size_t step, size_t n_frozen)
{
	/* A rate that never falls: the peak at the end of an endless warm-up. */
	const struct schedule schedule = {.n_steps = UINT64_MAX,
					  .n_frozen = UINT64_MAX - (STEPS - n_frozen),
					  .peak = 0.01,
					  .weight_decay = 0.1,
					  .ema_decay = 0.6};
	const struct optimizer optimizer = schedule_at(&schedule, step);
	float *scratch = alloc_floats(PANEL_COLUMNS, N_INPUTS + ROWS);
	double loss;

	memcpy(problem->batch.inputs, reference->inputs + step * ROWS * N_INPUTS,
	       sizeof(float) * ROWS * N_INPUTS);
	for (size_t r = 0; r < ROWS; r++) {
		const size_t i = step * ROWS + r;

		set_target(problem, r, (uint16_t)reference->first[i],
			   (uint16_t)reference->second[i], reference->weight[i]);
	}
	if (reference->soft)
		memcpy(problem->batch.soft, reference->soft + step * ROWS * N_OUTPUTS,
		       sizeof(float) * ROWS * N_OUTPUTS);
	problem->batch.keeps_statistics = schedule_freezes(&schedule, step);
	loss = both_passes(problem);
	if (fabs(loss - (double)reference->losses[step]) > 1e-3)
		fail_msg("%s: loss %.6f in step %zu, PyTorch's %.6f", name, loss, step,
			 (double)reference->losses[step]);
	if (step == 0) {
		float *gradients = alloc_floats(1, problem->net.n_parameters);

		all_gradients(problem, gradients);
		assert_close(name, "gradient", gradients, reference->parameter_places,
			     reference->gradients, reference->n_parameters, 1e-5);
		free(gradients);
	}
	for (size_t l = 0; l < problem->net.n_layers; l++)
		optimizer_update(&optimizer, &problem->batch, &problem->net, l, 0,
				 problem->net.layers[l].width, scratch);
	free(scratch);
}

/* A line "case ..." of the file. */
struct test_case {
	char name[32], activation[32];
	int batch_norm;
	double smoothing, teacher_share, temperature;
	size_t n_frozen; /* steps, at the end, with constant statistics */
};

static void check_case(FILE *file, const struct test_case *c)
{
	const bool taught = c->teacher_share > 0;
	const char *name = c->name;
	struct problem problem = {0};
	struct reference reference;
	int kind = EMNIST_RELU;

	while (strcmp(activation_names[kind], c->activation) != 0)
		kind++;
	problem_init(&problem, (enum emnist_activation)kind, c->batch_norm, 0, ROWS, taught);
	problem.batch.label_smoothing = c->smoothing;
	problem.batch.teacher_share = c->teacher_share;
	problem.batch.temperature = c->temperature;
	reference_read(&reference, file, &problem.net, taught);
	for (size_t i = 0; i < reference.n_parameters; i++)
		problem.net.parameters[reference.parameter_places[i]] =
			problem.net.average[reference.parameter_places[i]] =
				reference.parameters[i];
	for (size_t step = 0; step < STEPS; step++)
		reference_step(&problem, &reference, name, step, c->n_frozen);
	/* Adam divides by the size of gradients, so small ones lose digits. */
	assert_close(name, "parameter", problem.net.parameters, reference.parameter_places,
		     reference.final, reference.n_parameters, 1e-4);
	assert_close(name, "average", problem.net.average, reference.parameter_places,
		     reference.average, reference.n_parameters, 1e-4);
	assert_close(name, "statistic", problem.net.stats, reference.stat_places, reference.stats,
		     reference.n_stats, 1e-4);
	reference_clear(&reference);
	problem_clear(&problem);
}

static void steps_match_pytorch(void **state)
{
	FILE *file = fopen("testdata/training/steps.txt", "r");
	struct test_case c;
	int n_cases = 0;

	(void)state;
	assert_non_null(file);
	while (fscanf(file, " case %31s %31s %d %lf %lf %lf %zu", c.name, c.activation,
		      &c.batch_norm, &c.smoothing, &c.teacher_share, &c.temperature,
		      &c.n_frozen) == 7) {
		check_case(file, &c);
		n_cases++;
	}
	fclose(file);
	assert_int_equal(n_cases, 16);
}

/* --------------------------------------------------------------- products */

/* Layers of more than one block of a kernel's columns, the last panels not full. */
#define MANY_INPUTS  100
#define MANY_HIDDEN  200
#define MANY_OUTPUTS 70

static void draw_sparsely(struct random *random, float *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		values[i] = random_unit(random) < 0.6 ? 0 : (float)random_within(random, 1);
}

static void assert_sum(const char *what, const struct batch *batch, float got, double wanted)
{
	if (!(fabs((double)got - wanted) <= 1e-4))
		fail_msg("%s, %s: %.8g, not %.8g",
			 batch->engine == &engine_blas ? "BLAS" : batch->kernel->name, what,
			 (double)got, wanted);
}

/* Forward through layer 0: of all its outputs, those that fill the last panel among them. */
static void check_forward(struct batch *batch, const struct net *net)
{
	const struct net_layer *layer = &net->layers[0];

	for (size_t s = 0; s < batch->n_shards; s++)
		product_forward(batch, net, 0, s);
	for (size_t r = 0; r < batch->n_rows; r++)
		for (size_t o = 0; o < layer->width; o++) {
			double sum = (double)net->parameters[layer->bias + o];

			for (size_t i = 0; i < layer->n_inputs; i++)
				sum += (double)batch->inputs[r * layer->n_inputs + i] *
				       (double)net->parameters[net_weight(layer, o, i)];
			assert_sum("forward", batch, batch->layers[0].output[r * layer->width + o],
				   sum);
		}
}

/* Layer 0's gradient, in two blocks. */
static void check_gradient(const struct batch *batch, const struct net *net)
{
	const size_t block = 2 * PANEL_COLUMNS, width = net->layers[0].width;
	float *gradient = alloc_floats(MANY_INPUTS, block);
	float *scratch = alloc_floats(batch->n_rows, block);

	for (size_t begin = 0; begin < width; begin += block) {
		const size_t end = begin + block < width ? begin + block : width;

		product_gradient(batch, net, 0, begin, end, gradient, scratch);
		for (size_t i = 0; i < MANY_INPUTS; i++)
			for (size_t o = begin; o < end; o++) {
				double sum = 0;

				for (size_t r = 0; r < batch->n_rows; r++)
					sum += (double)batch->inputs[r * MANY_INPUTS + i] *
					       (double)batch->layers[0].delta[r * width + o];
				assert_sum("gradient", batch,
					   gradient[i * (end - begin) + o - begin], sum);
			}
	}
	free(gradient);
	free(scratch);
}

/* Backward through layer 1. */
static void check_backward(struct batch *batch, const struct net *net)
{
	const struct net_layer *layer = &net->layers[1];

	for (size_t s = 0; s < batch->n_shards; s++)
		product_backward(batch, net, 1, s);
	for (size_t r = 0; r < batch->n_rows; r++)
		for (size_t i = 0; i < net->layers[0].width; i++) {
			double sum = 0;

			for (size_t o = 0; i < MANY_HIDDEN && o < MANY_OUTPUTS; o++)
				sum += (double)batch->layers[1].delta[r * layer->width + o] *
				       (double)net->parameters[net_weight(layer, o, i)];
			assert_sum("backward", batch,
				   batch->layers[0].delta[r * net->layers[0].width + i], sum);
		}
}

/* All three, of batches of n_rows in shards of shard_rows. */
static void check_products(const struct engine *engine, const struct kernel *kernel, size_t n_rows,
			   size_t shard_rows)
{
	const uint32_t width = MANY_HIDDEN;
	const struct net_shape shape = {.n_inputs = MANY_INPUTS,
					.hidden = &width,
					.n_hidden = 1,
					.n_outputs = MANY_OUTPUTS,
					.activation = EMNIST_RELU};
	struct random random = random_stream(8, RANDOM_AUGMENT, n_rows, 0);
	struct batch batch;
	struct net net;

	assert_int_equal(net_init(&net, &shape, 7, NULL), EMNIST_OK);
	assert_int_equal(batch_init(&batch, &net, n_rows, shard_rows, 0, false, NULL), EMNIST_OK);
	batch.kernel = kernel;
	batch.engine = batch.dense = engine;
	draw_sparsely(&random, net.parameters + net.layers[0].bias, MANY_HIDDEN);
	draw_sparsely(&random, batch.inputs, batch.n_rows * MANY_INPUTS);
	check_forward(&batch, &net);
	for (size_t r = 0; r < batch.n_rows; r++)
		draw_sparsely(&random, batch.layers[1].delta + r * net.layers[1].width,
			      MANY_OUTPUTS);
	check_backward(&batch, &net);
	check_gradient(&batch, &net);
	batch_clear(&batch, &net);
	net_clear(&net);
}

static void products_are_right_on_every_engine(void **state)
{
	static const size_t rows[][2] = {{256, 128}, {96, 32}, {62, 31}, {7, 7}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t k = 0; kernel_at(k); k++)
			check_products(&engine_kernels, kernel_at(k), rows[i][0], rows[i][1]);
		check_products(&engine_blas, kernel_at(0), rows[i][0], rows[i][1]);
	}
}

/* ---------------------------------------------------------------- dropout */

static void dropout_keeps_the_expectation(void **state)
{
	struct problem problem = {0};
	double sum = 0, dropped_sum = 0;
	size_t n = 0, n_dropped = 0;

	(void)state;
	problem_init(&problem, EMNIST_SIGMOID, false, 0.25, ROWS, false);
	fill_randomly(&problem);
	for (problem.batch.step = 0; problem.batch.step < 200; problem.batch.step++) {
		const struct batch_layer *values = &problem.batch.layers[0];

		batch_forward(&problem.batch, &problem.net, 0);
		for (size_t i = 0; i < ROWS * problem.net.layers[0].width; i++) {
			if (i % problem.net.layers[0].width >= hidden[0])
				continue;
			sum += (double)values->output[i];
			dropped_sum += (double)values->dropped[i];
			n_dropped += values->dropped[i] == 0;
			n++;
		}
	}
	/* 32,000 draws: three standard deviations are 0.0073. */
	assert_true(fabs((double)n_dropped / (double)n - 0.25) < 0.0073);
	assert_true(fabs(dropped_sum / sum - 1) < 0.02);
	problem_clear(&problem);
}

/* A teacher's logits of ln 1, ln 4, ln 9, ln 16: at temperature 2 they are as 1, 2, 3, 4. */
static void answers_are_tempered(void **state)
{
	struct batch batch = {.shard_rows = 1, .n_outputs = 4, .temperature = 2};
	float answers[4] = {1 / 30.0F, 4 / 30.0F, 9 / 30.0F, 16 / 30.0F};
	float soft[4] = {1, 1, 1, 1};

	(void)state;
	batch_add_answers(&batch, answers, 0.5F, soft);
	for (int i = 0; i < 4; i++)
		assert_true(fabsf(soft[i] - 1 - 0.05F * (float)(i + 1)) < 1e-6F);
}

static void schedule_rises_and_falls(void **state)
{
	const struct schedule schedule = {.n_steps = 100, .n_warmup = 10, .peak = 0.5};

	(void)state;
	assert_true(fabsf(schedule_at(&schedule, 0).learning_rate - 0.05F) < 1e-6F);
	assert_true(fabsf(schedule_at(&schedule, 9).learning_rate - 0.5F) < 1e-6F);
	assert_true(fabsf(schedule_at(&schedule, 10).learning_rate - 0.5F) < 1e-6F);
	assert_true(fabsf(schedule_at(&schedule, 55).learning_rate - 0.25F) < 1e-6F);
	assert_true(schedule_at(&schedule, 99).learning_rate < 1e-3F);
}

static void the_last_steps_are_frozen(void **state)
{
	const struct schedule schedule = {.n_steps = 100, .n_frozen = 20, .ema_decay = 0.9};
	const struct schedule never = {.n_steps = 100, .ema_decay = 0.9};

	(void)state;
	assert_false(schedule_freezes(&schedule, 79));
	assert_true(schedule_at(&schedule, 79).stats_decay < 1);
	assert_true(schedule_freezes(&schedule, 80));
	assert_true(schedule_at(&schedule, 80).stats_decay == 1);
	assert_false(schedule_freezes(&never, 99));
}

/* The average forgets its start: after step n it keeps n / (n + 9), up to its decay. Statistics are
 * averaged alike, or, where weights are not averaged, by PyTorch's momentum of 0.1. */
static void averages_forget_their_start(void **state)
{
	const struct schedule averaged = {.n_steps = 100, .ema_decay = 0.9};
	const struct schedule last = {.n_steps = 100};

	(void)state;
	for (uint64_t step = 0; step < 100; step++) {
		const struct optimizer optimizer = schedule_at(&averaged, step);
		const double n = (double)step + 1;

		assert_true(fabs((double)optimizer.average_decay - fmin(0.9, n / (n + 9))) < 1e-6);
		assert_true(optimizer.stats_decay == optimizer.average_decay);
		assert_true(schedule_at(&last, step).average_decay == 0);
		assert_true(fabsf(schedule_at(&last, step).stats_decay - 0.9F) < 1e-6F);
	}
}

/* One unit: 2 x is normalized by a mean of 4 and a variance of 0.04, which the epsilon adds to, and
 * becomes 3 times that less 5. Batch normalization is in hidden layers alone. */
static void folding_keeps_what_the_network_computes(void **state)
{
	const uint32_t hidden_width = 1;
	const struct net_shape shape = {.n_inputs = 1,
					.hidden = &hidden_width,
					.n_hidden = 1,
					.n_outputs = 1,
					.activation = EMNIST_RELU,
					.batch_norm = true};
	const double scale = 3 / sqrt(0.04 + 1e-5);
	struct emnist_labels *labels;
	struct emnist_model *model;
	struct net net;

	(void)state;
	assert_int_equal(emnist_labels_parse("0 65", 4, &labels, NULL), EMNIST_OK);
	assert_int_equal(net_init(&net, &shape, 1, NULL), EMNIST_OK);
	net.average[net_weight(&net.layers[0], 0, 0)] = 2;
	net.average[net.layers[0].bias] = -5;
	net.average[net.layers[0].scale] = 3;
	net.stats[net.layers[0].stats] = 4;
	net.stats[net.layers[0].stats + net.layers[0].width] = 0.04F;
	net.average[net_weight(&net.layers[1], 0, 0)] = 0.5F;
	net.average[net.layers[1].bias] = 7;
	assert_int_equal(net_to_model(&net, labels, &model, NULL), EMNIST_OK);
	assert_true(fabs((double)model->layers[0].weights[0] - 2 * scale) < 1e-5);
	assert_true(fabs((double)model->layers[0].bias[0] - (-5 - 4 * scale)) < 1e-5);
	assert_true(model->layers[1].weights[0] == 0.5F && model->layers[1].bias[0] == 7);
	emnist_model_free(model);
	net_clear(&net);
	emnist_labels_free(labels);
}

static int open_blas(void **state)
{
	(void)state;
	return (int)blas_open(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gradients_match_finite_differences),
		cmocka_unit_test(steps_match_pytorch),
		cmocka_unit_test(products_are_right_on_every_engine),
		cmocka_unit_test(dropout_keeps_the_expectation),
		cmocka_unit_test(answers_are_tempered),
		cmocka_unit_test(schedule_rises_and_falls),
		cmocka_unit_test(the_last_steps_are_frozen),
		cmocka_unit_test(averages_forget_their_start),
		cmocka_unit_test(folding_keeps_what_the_network_computes),
	};

	return cmocka_run_group_tests_name("backprop", tests, open_blas, NULL);
}
