/*
 * struct_sizes.c - the sizes of the public structures, for bindings that declare them anew.
 */
#include <string.h>

#include "../emnist_classify.h"
#include "../emnist_eval.h"
#include "../emnist_origin.h"
#include "../emnist_serve.h"
#include "../emnist_train.h"

#define SIZE(name) #name, sizeof(struct emnist_##name)

static const struct {
	const char *name;
	size_t nbytes;
} sizes[] = {
	{SIZE(answer)},
	{SIZE(archive_file)},
	{SIZE(archive_options)},
	{SIZE(backend)},
	{SIZE(bin)},
	{SIZE(class_scores)},
	{SIZE(classifier_options)},
	{SIZE(common)},
	{SIZE(comparison)},
	{SIZE(confusion)},
	{SIZE(coverage)},
	{SIZE(dataset_options)},
	{SIZE(dim)},
	{SIZE(error)},
	{SIZE(eval_options)},
	{SIZE(evaluation)},
	{SIZE(graphpipe_request)},
	{SIZE(input)},
	{SIZE(input_scaling)},
	{SIZE(interval)},
	{SIZE(json_options)},
	{SIZE(json_tensor)},
	{SIZE(json_value)},
	{SIZE(layer_info)},
	{SIZE(limits)},
	{SIZE(macro_scores)},
	{SIZE(model_options)},
	{SIZE(oip_image)},
	{SIZE(oip_request)},
	{SIZE(origin)},
	{SIZE(origin_fact)},
	{SIZE(origin_file)},
	{SIZE(part)},
	{SIZE(pixels)},
	{SIZE(reader_options)},
	{SIZE(record)},
	{SIZE(save_options)},
	{SIZE(serve_model)},
	{SIZE(serve_response)},
	{SIZE(session_options)},
	{SIZE(signature)},
	{SIZE(tensor_info)},
	{SIZE(train_options)},
	{SIZE(train_progress)},
	{SIZE(view_options)},
	{SIZE(writer_options)},
};

size_t emnist_struct_nbytes(const char *name)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		if (strcmp(name, sizes[i].name) == 0)
			return sizes[i].nbytes;
	return 0;
}
