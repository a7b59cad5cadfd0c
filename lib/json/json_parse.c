/*
 * json_parse.c - parses a document in one pass, without recursion.
 *
 * The nodes of the arrays and objects that are open are the stack.
 */
#include "json_document.h"

#include "../base/memory.h"
#include "json_number.h"
#include "json_string.h"

#include <string.h>

/* Nodes that any document may have, and those that are allocated at first. */
#define FEW_NODES   4096
#define LEAST_NODES 64

/* Of an image, see emnist_serve.h. */
#define IMAGE_NODES 1024

#define NO_NODE     UINT32_MAX

struct parser {
	const uint8_t *at, *end;
	struct emnist_json *json;
	const struct emnist_json_options *options;
	struct emnist_error *error;
	enum emnist_status status;
	uint32_t open; /* the innermost node, or NO_NODE */
	uint32_t depth;
	size_t max_nodes, node_room; /* and for how many there is memory */
	bool is_limited;             /* max_nodes is that of the options */
};

static bool fail_at(struct parser *parser, const uint8_t *at, enum emnist_status status,
		    const char *message)
{
	parser->status = error_at(parser->error, status, (uint64_t)(at - parser->json->bytes), "%s",
				  message);
	return false;
}

static bool refuse(struct parser *parser, const char *message)
{
	return fail_at(parser, parser->at, EMNIST_ERR_CORRUPT, message);
}

static void skip_blanks(struct parser *parser)
{
	while (parser->at < parser->end && json_is_blank(*parser->at))
		parser->at++;
}

/* The next byte, or 0 at the end, which no valid document has outside of strings. */
static uint8_t peek(const struct parser *parser)
{
	return parser->at < parser->end ? *parser->at : 0;
}

static struct json_node *open_node(const struct parser *parser)
{
	return parser->open == NO_NODE ? NULL : parser->json->nodes + parser->open;
}

/* ------------------------------------------------------------------------- nodes */

static bool grow(struct parser *parser)
{
	struct emnist_json *json = parser->json;
	size_t capacity = parser->node_room / 2 * 3 + LEAST_NODES;
	struct json_node *nodes;

	if (parser->node_room == parser->max_nodes)
		return parser->is_limited
			       ? fail_at(parser, parser->at, EMNIST_ERR_LIMIT,
					 "More arrays and objects than the images allowed need.")
			       : refuse(parser, "More arrays and objects than can be closed.");
	if (capacity > parser->max_nodes)
		capacity = parser->max_nodes;
	nodes = realloc(json->nodes, capacity * sizeof(*nodes));
	if (!nodes) {
		parser->status = error_memory(parser->error);
		return false;
	}
	json->nodes = nodes;
	json->node_capacity = parser->node_room = capacity;
	return true;
}

/* What is read in the innermost array or object is no number. */
static void unflatten(const struct parser *parser)
{
	struct json_node *node = open_node(parser);

	if (node)
		node->is_flat = false;
}

static bool open_value(struct parser *parser, bool is_object)
{
	struct emnist_json *json = parser->json;
	const uint32_t max_depth = parser->options->max_depth;

	if (max_depth && parser->depth >= max_depth)
		return fail_at(parser, parser->at, EMNIST_ERR_LIMIT,
			       "Too many arrays and objects in each other.");
	if (json->n_nodes == parser->node_room && !grow(parser))
		return false;
	unflatten(parser);
	json->nodes[json->n_nodes] = (struct json_node){
		.offset = (uint32_t)(parser->at - json->bytes),
		.end = parser->open,
		.first = (uint32_t)json->n_values,
		.is_flat = !is_object,
		.is_object = is_object,
	};
	parser->open = (uint32_t)json->n_nodes++;
	parser->depth++;
	parser->at++;
	return true;
}

static void close_value(struct parser *parser)
{
	struct emnist_json *json = parser->json;
	struct json_node *node = open_node(parser);

	parser->at++;
	parser->depth--;
	parser->open = node->end;
	node->end = (uint32_t)(parser->at - json->bytes);
	if (!node->is_flat)
		node->first = (uint32_t)json->n_nodes;
}

/* ------------------------------------------------------------------------ values */

static bool parse_string(struct parser *parser)
{
	const char *fault = NULL;

	parser->at = json_string_check(parser->at, parser->end, &fault);
	return !fault || refuse(parser, fault);
}

static bool parse_word(struct parser *parser, const char *word)
{
	for (; *word; word++, parser->at++)
		if (peek(parser) != (uint8_t)*word)
			return refuse(parser, "Invalid value.");
	return true;
}

static bool parse_number(struct parser *parser)
{
	struct emnist_json *json = parser->json;
	const struct json_node *node = open_node(parser);
	const char *fault;
	double number = 0;

	parser->at = json_number_read(parser->at, parser->end, parser->options->allow_nonfinite,
				      &number, &fault);
	if (fault)
		return refuse(parser, fault);
	if (node && node->is_flat)
		json->values[json->n_values++] = (float)number;
	return true;
}

/* Most elements of an array of numbers at once. */
static void parse_numbers(struct parser *parser)
{
	struct emnist_json *json = parser->json;
	struct json_node *node = open_node(parser);
	size_t n;

	if (!node || !node->is_flat)
		return;
	parser->at = json_numbers_read(parser->at, parser->end, json->values + json->n_values, &n);
	json->n_values += n;
	node->count = (node->count + (uint32_t)n) & JSON_MAX_COUNT;
}

/* A value that is neither array nor object. */
static bool parse_scalar(struct parser *parser)
{
	const enum emnist_json_type type = json_type_of(peek(parser));

	if (type != EMNIST_JSON_NUMBER)
		unflatten(parser);
	if (type == EMNIST_JSON_NUMBER)
		return parse_number(parser);
	if (type == EMNIST_JSON_STRING)
		return parse_string(parser);
	return parse_word(parser, type == EMNIST_JSON_NULL    ? "null"
				  : type == EMNIST_JSON_FALSE ? "false"
							      : "true");
}

/* A name and the colon behind it. */
static bool parse_name(struct parser *parser)
{
	skip_blanks(parser);
	if (peek(parser) != '"')
		return refuse(parser, "Missing a name for object member.");
	if (!parse_string(parser))
		return false;
	skip_blanks(parser);
	if (peek(parser) != ':')
		return refuse(parser, "Missing a colon after a name of object member.");
	parser->at++;
	return true;
}

/* Closes what ends behind a value, and moves on to the next value; *done_ret: there is none. */
static bool parse_rest(struct parser *parser, bool *done_ret)
{
	for (struct json_node *node; (node = open_node(parser));) {
		skip_blanks(parser);
		if (peek(parser) == ',') {
			node->count++;
			parser->at++;
			return !node->is_object || parse_name(parser);
		}
		if (peek(parser) != (node->is_object ? '}' : ']'))
			return refuse(parser,
				      node->is_object
					      ? "Missing a comma or '}' after an object member."
					      : "Missing a comma or ']' after an array element.");
		node->count++;
		close_value(parser);
	}
	*done_ret = true;
	return true;
}

/* A value up to the next; of an array or object, only its beginning. */
static bool parse_value(struct parser *parser, bool *done_ret)
{
	bool is_object;

	parse_numbers(parser);
	skip_blanks(parser);
	is_object = peek(parser) == '{';
	if (!is_object && peek(parser) != '[')
		return parse_scalar(parser) && parse_rest(parser, done_ret);
	if (!open_value(parser, is_object))
		return false;
	skip_blanks(parser);
	if (peek(parser) != (is_object ? '}' : ']'))
		return !is_object || parse_name(parser);
	close_value(parser);
	return parse_rest(parser, done_ret);
}

static bool parse_document(struct parser *parser)
{
	struct emnist_json *json = parser->json;
	bool done = false;

	if (parser->end - parser->at >= 3 && memcmp(parser->at, "\xef\xbb\xbf", 3) == 0)
		parser->at += 3;
	skip_blanks(parser);
	if (peek(parser) == 0 || strchr("]},:", peek(parser)))
		return refuse(parser, "The document is empty.");
	json->root = (struct emnist_json_value){
		.type = json_type_of(*parser->at),
		.offset = (uint32_t)(parser->at - json->bytes),
	};
	while (!done)
		if (!parse_value(parser, &done))
			return false;
	if (parser->options->stop_when_done)
		return true;
	skip_blanks(parser);
	return parser->at == parser->end ||
	       refuse(parser, "The document root must not be followed by other values.");
}

/* ---------------------------------------------------------------------- documents */

/* Between two numbers there is a comma. */
static bool reserve_values(struct emnist_json *json, size_t nbytes)
{
	const size_t most = nbytes / 2 + 1;

	if (most <= json->value_capacity)
		return true;
	free(json->values);
	json->value_capacity = 0;
	json->values = alloc_room(most, 1);
	if (json->values)
		json->value_capacity = most;
	return json->values;
}

/* Each array or object that is closed takes two bytes. */
static void limit_nodes(struct parser *parser, size_t nbytes)
{
	const size_t max_images = parser->options->max_images;
	size_t limit;

	parser->max_nodes = nbytes / 2 > FEW_NODES ? nbytes / 2 : FEW_NODES;
	parser->is_limited = max_images > 0 &&
			     !size_mul_overflows(max_images, IMAGE_NODES, &limit) &&
			     limit < parser->max_nodes - FEW_NODES;
	if (parser->is_limited)
		parser->max_nodes = FEW_NODES + limit;
	parser->node_room = parser->json->node_capacity < parser->max_nodes
				    ? parser->json->node_capacity
				    : parser->max_nodes;
}

enum emnist_status emnist_json_parse(struct emnist_json *json, const void *bytes, size_t nbytes,
				     const struct emnist_json_options *options,
				     struct emnist_error *error)
{
	static const struct emnist_json_options defaults = {0};
	struct parser parser = {
		.at = bytes,
		.end = (const uint8_t *)bytes + nbytes,
		.json = json,
		.options = options ? options : &defaults,
		.error = error,
		.open = NO_NODE,
	};

	arena_clear(&json->strings);
	json->bytes = parser.at;
	json->end = parser.end;
	json->n_nodes = json->n_values = 0;
	json->root = (struct emnist_json_value){0};
	if (nbytes > JSON_MAX_COUNT)
		return error_set(error, EMNIST_ERR_LIMIT, "a document of more than 1 GiB");
	if (!reserve_values(json, nbytes))
		return error_memory(error);
	limit_nodes(&parser, nbytes);
	if (parse_document(&parser))
		return EMNIST_OK;
	json->root = (struct emnist_json_value){0};
	return parser.status;
}

enum emnist_status emnist_json_create(struct emnist_json **json_ret, struct emnist_error *error)
{
	*json_ret = calloc(1, sizeof(**json_ret));
	if (!*json_ret)
		return error_memory(error);
	(*json_ret)->strings.nbytes_left = SIZE_MAX;
	return EMNIST_OK;
}

void emnist_json_free(struct emnist_json *json)
{
	if (!json)
		return;
	arena_clear(&json->strings);
	free(json->nodes);
	free(json->values);
	free(json);
}
