/*
 * onnx_labels.c - reads the names of classes from a graph.
 *
 * skl2onnx writes a classifier's classes_ twice: as an attribute of ZipMap, which maps labels to
 * probabilities, and as the constant that the label output is gathered from. Other exporters encode
 * its index with a LabelEncoder. Strings are characters. A number is ambiguous: it is read only if
 * it can mean one thing.
 */
#include <string.h>

#include "../base/memory.h"
#include "../labels/class_names.h"
#include "../labels/labels.h"
#include "onnx_ends.h"
#include "onnx_labels.h"

/* Classes as in the file: strings or numbers. */
struct classes {
	const ProtobufCBinaryData *texts;
	/* Freed with classes_clear(): */
	float *numbers;
	ProtobufCBinaryData *ordered; /* the strings, if their order is not the file's */
	size_t n;
};

static void classes_clear(struct classes *classes)
{
	free(classes->numbers);
	free(classes->ordered);
}

/* -------------------------------------------------------------------- finding */

/* The values of a list of integers or floats; empty if the attribute is missing. */
static enum emnist_status from_numbers(const Onnx__AttributeProto *list, struct classes *classes,
				       struct emnist_error *error)
{
	const size_t n = list ? list->n_ints + list->n_floats : 0;

	if (n == 0)
		return EMNIST_OK;
	classes->numbers = alloc_array(n, sizeof(*classes->numbers));
	if (!classes->numbers)
		return error_memory(error);
	classes->n = n;
	for (size_t i = 0; i < n; i++)
		classes->numbers[i] =
			i < list->n_ints ? (float)list->ints[i] : list->floats[i - list->n_ints];
	return EMNIST_OK;
}

static enum emnist_status from_lists(const Onnx__AttributeProto *texts,
				     const Onnx__AttributeProto *numbers, struct classes *classes,
				     struct emnist_error *error)
{
	if (!texts || texts->n_strings == 0)
		return from_numbers(numbers, classes, error);
	classes->texts = texts->strings;
	classes->n = texts->n_strings;
	return EMNIST_OK;
}

static enum emnist_status from_zip_map(const Onnx__NodeProto *node, struct classes *classes,
				       struct emnist_error *error)
{
	return from_lists(onnx_node_attribute(node, "classlabels_strings"),
			  onnx_node_attribute(node, "classlabels_int64s"), classes, error);
}

static enum emnist_status from_tensor(const Onnx__TensorProto *tensor, struct classes *classes,
				      struct emnist_error *error)
{
	struct onnx_constant constant;
	enum emnist_status status;

	if (tensor->data_type == ONNX_STRING) {
		classes->texts = tensor->string_data;
		classes->n = tensor->n_string_data;
		return EMNIST_OK;
	}
	if (tensor->data_type != ONNX_INT32 && tensor->data_type != ONNX_INT64)
		return EMNIST_OK;
	status = onnx_tensor_check(tensor, tensor->name ? tensor->name : "", &constant, error);
	if (status)
		return status;
	classes->numbers = alloc_array(constant.n, sizeof(*classes->numbers));
	if (!classes->numbers)
		return error_memory(error);
	classes->n = constant.n;
	onnx_constant_values(&constant, classes->numbers);
	return EMNIST_OK;
}

/* Reads a list by name, from an initializer or a Constant, if there is one. */
static enum emnist_status from_constant(const struct onnx_graph *graph, const char *name,
					struct classes *classes, struct emnist_error *error)
{
	const struct onnx_name *found = name ? onnx_graph_find(graph, name) : NULL;
	const Onnx__AttributeProto *value;

	if (found && found->initializer)
		return from_tensor(found->initializer, classes, error);
	if (!found || !onnx_node_is(found->node, NULL, "Constant"))
		return EMNIST_OK;
	value = onnx_node_attribute(found->node, "value");
	if (value && value->t)
		return from_tensor(value->t, classes, error);
	return from_lists(onnx_node_attribute(found->node, "value_strings"),
			  onnx_node_attribute(found->node, "value_ints"), classes, error);
}

/* Whether input i of node is the number of the largest probability. */
static bool is_largest(const struct onnx_graph *graph, const Onnx__NodeProto *node, size_t i)
{
	const char *input = onnx_node_input(node, i);
	const Onnx__NodeProto *maker = input ? onnx_graph_maker(graph, input) : NULL;

	return maker && onnx_node_is(maker, NULL, "ArgMax");
}

/* Whether node picks from a list by that number. */
static bool picks(const struct onnx_graph *graph, const Onnx__NodeProto *node)
{
	return (onnx_node_is(node, ONNX_ML, "ArrayFeatureExtractor") ||
		onnx_node_is(node, NULL, "Gather")) &&
	       is_largest(graph, node, 1);
}

/* The keys of a LabelEncoder that are numbers. */
static enum emnist_status find_keys(const Onnx__NodeProto *node, struct classes *keys,
				    struct emnist_error *error)
{
	static const char *const lists[] = {"keys_int64s", "keys_floats"};
	const Onnx__AttributeProto *tensor = onnx_node_attribute(node, "keys_tensor");

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		const Onnx__AttributeProto *list = onnx_node_attribute(node, lists[i]);

		if (list)
			return from_numbers(list, keys, error);
	}
	return tensor && tensor->t ? from_tensor(tensor->t, keys, error) : EMNIST_OK;
}

static enum emnist_status find_values(const Onnx__NodeProto *node, struct classes *values,
				      struct emnist_error *error)
{
	const Onnx__AttributeProto *tensor = onnx_node_attribute(node, "values_tensor");
	const Onnx__AttributeProto *numbers = onnx_node_attribute(node, "values_int64s");

	if (tensor && tensor->t)
		return from_tensor(tensor->t, values, error);
	return from_lists(onnx_node_attribute(node, "values_strings"),
			  numbers ? numbers : onnx_node_attribute(node, "values_floats"), values,
			  error);
}

/* Whether keys are 0 to n - 1 in any order. seen: (n), false. */
static bool are_places(const struct classes *keys, size_t n, bool *seen)
{
	if (!keys->numbers || keys->n != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		const float key = keys->numbers[i];

		if (!(key >= 0 && key < (float)n) || key != (float)(size_t)key || seen[(size_t)key])
			return false;
		seen[(size_t)key] = true;
	}
	return true;
}

/* Puts the values in the order of their keys. */
static enum emnist_status order(struct classes *values, const struct classes *keys,
				struct emnist_error *error)
{
	const struct classes unordered = *values;

	values->numbers = NULL;
	if (unordered.texts)
		values->ordered = alloc_array(values->n, sizeof(*values->ordered));
	else
		values->numbers = alloc_array(values->n, sizeof(*values->numbers));
	for (size_t i = 0; i < values->n; i++) {
		const size_t place = (size_t)keys->numbers[i];

		if (values->ordered)
			values->ordered[place] = unordered.texts[i];
		else if (values->numbers)
			values->numbers[place] = unordered.numbers[i];
	}
	values->texts = values->ordered;
	free(unordered.numbers);
	return values->ordered || values->numbers ? EMNIST_OK : error_memory(error);
}

static enum emnist_status order_by_keys(struct classes *values, const struct classes *keys,
					struct emnist_error *error)
{
	bool *seen = alloc_zeroed(values->n, sizeof(*seen));
	enum emnist_status status;

	if (!seen)
		return error_memory(error);
	if (are_places(keys, values->n, seen))
		status = order(values, keys, error);
	else
		status = error_set(error, EMNIST_ERR_UNSUPPORTED,
				   "the keys of the LabelEncoder for the classes are not 0 to %zu: "
				   "a mapping file is needed",
				   values->n - 1);
	free(seen);
	return status;
}

/* A LabelEncoder of the largest probability's number. */
static enum emnist_status from_encoder(const Onnx__NodeProto *node, struct classes *classes,
				       struct emnist_error *error)
{
	const Onnx__AttributeProto *texts = onnx_node_attribute(node, "classes_strings");
	struct classes keys = {0};
	enum emnist_status status;

	if (texts)
		return from_lists(texts, NULL, classes, error);
	status = find_values(node, classes, error);
	if (!status)
		status = find_keys(node, &keys, error);
	if (!status && classes->n)
		status = order_by_keys(classes, &keys, error);
	classes_clear(&keys);
	return status;
}

/* Reads the classes from the node that makes an output. */
static enum emnist_status from_node(const struct onnx_graph *graph, const Onnx__NodeProto *node,
				    struct classes *classes, struct emnist_error *error)
{
	if (onnx_node_is(node, ONNX_ML, "ZipMap"))
		return from_zip_map(node, classes, error);
	if (onnx_node_is(node, ONNX_ML, "LabelEncoder") && is_largest(graph, node, 0))
		return from_encoder(node, classes, error);
	if (picks(graph, node))
		return from_constant(graph, onnx_node_input(node, 0), classes, error);
	return EMNIST_OK;
}

static enum emnist_status find_classes(const struct onnx_graph *graph, struct classes *classes,
				       struct emnist_error *error)
{
	const Onnx__GraphProto *proto = graph->proto;
	enum emnist_status status = EMNIST_OK;

	for (size_t i = 0; !status && classes->n == 0 && i < proto->n_output; i++) {
		const Onnx__NodeProto *node = onnx_graph_maker(graph, proto->output[i]->name);

		if (node)
			status = from_node(graph, node, classes, error);
	}
	return status;
}

/* -------------------------------------------------------------------- meaning */

/* The classes of EMNIST ByClass in the order of their numbers. */
static const char byclass[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

enum {
	N_DIGITS = 10,
	N_LETTERS = 26,
	N_BALANCED = 47,
	N_BYCLASS = 62,
};

/* Whether they are first, first + 1, first + 2... in any order. */
static bool count_from(const struct classes *classes, size_t first)
{
	bool seen[N_BYCLASS] = {false};

	for (size_t i = 0; i < classes->n; i++) {
		const float place = classes->numbers[i] - (float)first;

		if (classes->n > N_BYCLASS || !(place >= 0 && place < (float)classes->n) ||
		    place != (float)(size_t)place || seen[(size_t)place])
			return false;
		seen[(size_t)place] = true;
	}
	return true;
}

static bool all_between(const struct classes *classes, char first, char last)
{
	for (size_t i = 0; i < classes->n; i++)
		if (!(classes->numbers[i] >= (float)first && classes->numbers[i] <= (float)last))
			return false;
	return true;
}

/* Whether all are codes of digits and letters. */
static bool are_codes(const struct classes *classes)
{
	for (size_t i = 0; i < classes->n; i++) {
		const float number = classes->numbers[i];

		if (!(number >= '0' && number <= 'z') || !strchr(byclass, (int)number))
			return false;
	}
	return true;
}

/* Whether they are ByClass numbers that would be odd for other classes: digits and capital letters,
 * capital letters, small letters, or both. */
static bool are_byclass(const struct classes *classes)
{
	const size_t n_others = N_BYCLASS - N_DIGITS;

	return (classes->n == N_DIGITS + N_LETTERS && count_from(classes, 0)) ||
	       (classes->n == N_LETTERS && count_from(classes, N_DIGITS)) ||
	       (classes->n == N_LETTERS && count_from(classes, N_DIGITS + N_LETTERS)) ||
	       (classes->n == n_others && count_from(classes, N_DIGITS));
}

/* EMNIST's own sets, by their own numbers; Letters also from 0. */
static bool are_of_split(const struct classes *classes)
{
	const size_t n = classes->n;

	return (count_from(classes, 0) && (n == N_DIGITS || n == N_BALANCED || n == N_BYCLASS)) ||
	       (n == N_LETTERS && (count_from(classes, 0) || count_from(classes, 1)));
}

/* How to read numbers: the first of these that fits all of them. */
enum reading {
	READ_SPLIT,
	READ_CODES,
	READ_BYCLASS,
	READ_NOT,
};

static enum reading reading_of(const struct classes *classes)
{
	if (are_of_split(classes))
		return READ_SPLIT;
	if (are_codes(classes))
		return READ_CODES;
	return all_between(classes, 0, N_DIGITS - 1) || are_byclass(classes) ? READ_BYCLASS
									     : READ_NOT;
}

/* Adds an entry for each number, all from one split, from `first` on. */
static void add_of_split(struct emnist_labels *labels, const struct classes *classes,
			 const struct emnist_labels *split, size_t first)
{
	for (size_t i = 0; i < classes->n; i++) {
		const size_t number = (size_t)classes->numbers[i];
		size_t n;
		const uint32_t *characters = labels_characters(split, number - first, &n);

		labels_add_entry(labels, (uint32_t)i);
		for (size_t k = 0; k < n; k++)
			labels_add_character(labels, characters[k]);
	}
}

static void add_characters(struct emnist_labels *labels, const struct classes *classes,
			   bool are_characters)
{
	for (size_t i = 0; i < classes->n; i++) {
		const size_t number = (size_t)classes->numbers[i];

		labels_add_entry(labels, (uint32_t)i);
		labels_add_character(labels, are_characters ? (uint32_t)number
							    : (unsigned char)byclass[number]);
	}
}

static enum emnist_status not_known(const struct classes *classes, struct emnist_error *error)
{
	return error_set(error, EMNIST_ERR_ARGUMENT,
			 "the class labels of the model are %zu numbers, such as %.0f, that do not "
			 "stand for characters: a mapping file is needed",
			 classes->n, (double)classes->numbers[classes->n - 1]);
}

static enum emnist_status labels_of_numbers(const struct classes *classes,
					    struct emnist_labels **labels_ret,
					    struct emnist_error *error)
{
	const enum reading reading = reading_of(classes);
	struct emnist_labels *split = NULL, *labels;
	enum emnist_status status = EMNIST_OK;

	if (reading == READ_NOT)
		return not_known(classes, error);
	if (reading == READ_SPLIT)
		status = emnist_labels_default(classes->n, &split, error);
	labels = status ? NULL : labels_new(classes->n, 2 * classes->n);
	if (labels && split)
		add_of_split(labels, classes, split, count_from(classes, 0) ? 0 : 1);
	else if (labels)
		add_characters(labels, classes, reading == READ_CODES);
	emnist_labels_free(split);
	*labels_ret = labels;
	return labels ? EMNIST_OK : status ? status : error_memory(error);
}

/* As in a mapping file: the 47 merged classes get both cases. */
static enum emnist_status settle(struct emnist_labels *labels, struct emnist_labels **labels_ret,
				 struct emnist_error *error)
{
	enum emnist_status status;
	char *text;
	size_t nbytes;

	if (!labels_format(labels, &text, &nbytes))
		return error_memory(error);
	status = emnist_labels_parse(text, nbytes, labels_ret, error);
	free(text);
	return status;
}

static enum emnist_status bad_name(const char *name, struct emnist_error *error)
{
	return error_set(error, EMNIST_ERR_ARGUMENT,
			 "the class labels of the model are not characters, such as '%.40s': a "
			 "mapping file is needed",
			 name);
}

/* names, numbers: (n); numbers are set if the names are class numbers. */
static enum emnist_status labels_of_names(const char *const *names, struct classes *numbers,
					  uint16_t *values, struct emnist_labels **labels_ret,
					  struct emnist_error *error)
{
	struct emnist_labels *labels = NULL;
	enum emnist_status status = class_names_in_order(names, numbers->n, values, &labels, error);

	if (status == EMNIST_ERR_FORMAT)
		return bad_name(names[0], error);
	if (!status && labels) {
		status = settle(labels, labels_ret, error);
	} else if (!status) {
		for (size_t i = 0; i < numbers->n; i++)
			numbers->numbers[i] = values[i];
		status = labels_of_numbers(numbers, labels_ret, error);
	}
	emnist_labels_free(labels);
	return status;
}

/* Texts ended by zeros; false when memory is short. */
static bool copy_texts(const struct classes *classes, char **names)
{
	for (size_t i = 0; i < classes->n; i++) {
		const ProtobufCBinaryData *text = &classes->texts[i];

		names[i] = alloc_zeroed(text->len + 1, 1);
		if (!names[i])
			return false;
		if (text->len > 0)
			memcpy(names[i], text->data, text->len);
	}
	return true;
}

static enum emnist_status labels_of_texts(const struct classes *classes,
					  struct emnist_labels **labels_ret,
					  struct emnist_error *error)
{
	const size_t n = classes->n;
	struct classes numbers = {.numbers = alloc_array(n, sizeof(*numbers.numbers)), .n = n};
	uint16_t *values = alloc_array(n, sizeof(*values));
	char **names = alloc_zeroed(n, sizeof(*names));
	enum emnist_status status = EMNIST_OK;

	if (!numbers.numbers || !values || !names || !copy_texts(classes, names))
		status = error_memory(error);
	for (size_t i = 0; !status && i < n; i++)
		if (strlen(names[i]) != classes->texts[i].len)
			status = bad_name(names[i], error);
	if (!status)
		status = labels_of_names((const char *const *)names, &numbers, values, labels_ret,
					 error);
	for (size_t i = 0; names && i < n; i++)
		free(names[i]);
	free(names);
	free(values);
	classes_clear(&numbers);
	return status;
}

enum emnist_status onnx_class_labels(const struct onnx_graph *graph, size_t n_outputs,
				     struct emnist_labels **labels_ret, struct emnist_error *error)
{
	struct classes classes = {0};
	enum emnist_status status = find_classes(graph, &classes, error);

	*labels_ret = NULL;
	if (!status && classes.n > 0 && classes.n != n_outputs)
		status = error_set(error, EMNIST_ERR_CORRUPT,
				   "the model has %zu class labels for %zu classes", classes.n,
				   n_outputs);
	else if (!status && classes.texts)
		status = labels_of_texts(&classes, labels_ret, error);
	else if (!status && classes.numbers)
		status = labels_of_numbers(&classes, labels_ret, error);
	classes_clear(&classes);
	return status;
}
