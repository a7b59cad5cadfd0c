/*
 * json_document.h - what is kept of a document.
 *
 * The document itself is the list of its values: a value is the place where its text begins. Beside
 * it, there is a node for each array and object, in the order in which they begin, and the floats
 * of all arrays of numbers, in the order of the document.
 */
#ifndef JSON_DOCUMENT_H
#define JSON_DOCUMENT_H

#include "../base/arena.h"
#include "../emnist_serve.h"

/* Of elements; a document is no larger than that in bytes. */
#define JSON_MAX_COUNT (((uint32_t)1 << 30) - 1)

struct json_node {
	uint32_t offset;
	uint32_t end; /* offset behind it; while it is open: the node around it */
	/* Of an array of numbers: the position of its floats. Else the first node behind it. */
	uint32_t first;
	uint32_t count : 30;  /* elements or members */
	uint32_t is_flat : 1; /* an array of numbers, or an empty one */
	uint32_t is_object : 1;
};

struct emnist_json {
	const uint8_t *bytes, *end; /* of the document */
	struct emnist_json_value root;
	struct json_node *nodes;
	float *values;
	size_t n_nodes, n_values;
	size_t node_capacity, value_capacity;
	struct arena strings; /* without their escapes */
};

/* The type of the value that begins with this byte. */
static inline enum emnist_json_type json_type_of(uint8_t first)
{
	switch (first) {
	case 'n':
		return EMNIST_JSON_NULL;
	case 'f':
		return EMNIST_JSON_FALSE;
	case 't':
		return EMNIST_JSON_TRUE;
	case '"':
		return EMNIST_JSON_STRING;
	case '[':
		return EMNIST_JSON_ARRAY;
	case '{':
		return EMNIST_JSON_OBJECT;
	default:
		return EMNIST_JSON_NUMBER;
	}
}

static inline bool json_is_blank(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

#endif
