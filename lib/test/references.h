/*
 * references.h - what networks compute, written out in double precision.
 */
#ifndef TEST_REFERENCES_H
#define TEST_REFERENCES_H

#include <math.h>
#include <string.h>

#include "../network/model.h"

static inline double identity_of(double x, double alpha, double gamma)
{
	(void)alpha;
	(void)gamma;
	return x;
}

static inline double relu_of(double x, double alpha, double gamma)
{
	(void)alpha;
	(void)gamma;
	return x > 0 ? x : 0;
}

static inline double elu_of(double x, double alpha, double gamma)
{
	(void)gamma;
	return x > 0 ? x : alpha * expm1(x);
}

static inline double leaky_relu_of(double x, double alpha, double gamma)
{
	(void)gamma;
	return x > 0 ? x : alpha * x;
}

static inline double selu_of(double x, double alpha, double gamma)
{
	return gamma * (x > 0 ? x : alpha * expm1(x));
}

static inline double sigmoid_of(double x, double alpha, double gamma)
{
	(void)alpha;
	(void)gamma;
	return 1 / (1 + exp(-x));
}

static inline double tanh_of(double x, double alpha, double gamma)
{
	(void)alpha;
	(void)gamma;
	return tanh(x);
}

static double (*const references[])(double x, double alpha, double gamma) = {
	[EMNIST_IDENTITY] = identity_of, [EMNIST_RELU] = relu_of,
	[EMNIST_ELU] = elu_of,           [EMNIST_LEAKY_RELU] = leaky_relu_of,
	[EMNIST_SELU] = selu_of,         [EMNIST_SIGMOID] = sigmoid_of,
	[EMNIST_TANH] = tanh_of,
};

#define N_ACTIVATIONS (sizeof(references) / sizeof(*references))

/* One row through the model in double precision, term by term. */
static inline void run_plainly(const struct emnist_model *model, const float *vector,
			       double *output)
{
	double in[EMNIST_VECTOR_LENGTH], sum = 0;
	const size_t n_outputs = emnist_model_n_outputs(model);

	for (size_t i = 0; i < emnist_model_n_inputs(model); i++)
		in[i] = (double)vector[i];
	for (size_t l = 0; l < model->n_layers; l++) {
		const struct layer *layer = &model->layers[l];

		for (size_t i = 0; i < layer->n_outputs; i++) {
			double x = (double)layer->bias[i];

			for (size_t j = 0; j < layer->n_inputs; j++)
				x += (double)layer->weights[i * layer->n_inputs + j] * in[j];
			output[i] = references[layer->activation](x, (double)layer->alpha,
								  (double)layer->gamma);
		}
		memcpy(in, output, layer->n_outputs * sizeof(*in));
	}
	for (size_t i = 0; model->softmax && i < n_outputs; i++)
		sum += exp(output[i]);
	for (size_t i = 0; model->softmax && i < n_outputs; i++)
		output[i] = exp(output[i]) / sum;
}

#endif
