/* label_names.c - the distinct labels of a dataset's images. */
#include "label_names.h"

#include "../base/memory.h"
#include "../labels/labels.h"

#include <search.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	const struct label_name *first = a, *second = b;

	return strcmp(first->text, second->text);
}

static struct label_name *name_new(const char *text, size_t nbytes, size_t number)
{
	struct label_name *name = malloc(sizeof(*name) + nbytes + 1);

	if (name) {
		name->number = number;
		memcpy(name->text, text, nbytes);
		name->text[nbytes] = '\0';
	}
	return name;
}

enum emnist_status label_names_add(struct label_names *names, const char *what, const char *text,
				   size_t nbytes, uint64_t line, uint16_t *number_ret,
				   struct emnist_error *error)
{
	struct label_name *name, **found;

	if (names->n == LABELS_MAX_COUNT)
		return error_set(error, EMNIST_ERR_LIMIT, "line %llu: more than %d %s",
				 (unsigned long long)line, LABELS_MAX_COUNT - 1, what);
	if (!names->names)
		names->names = alloc_array(LABELS_MAX_COUNT, sizeof(*names->names));
	name = names->names ? name_new(text, nbytes, names->n) : NULL;
	found = name ? tsearch(name, &names->tree, compare) : NULL;
	if (!found || *found != name)
		free(name);
	else
		names->names[names->n++] = name;
	if (!found)
		return error_memory(error);
	*number_ret = (uint16_t)(*found)->number;
	return EMNIST_OK;
}

bool label_names_have(const struct label_names *names, const char *text, size_t nbytes)
{
	for (size_t i = 0; i < names->n; i++)
		if (strncmp(names->names[i]->text, text, nbytes) == 0 &&
		    names->names[i]->text[nbytes] == '\0')
			return true;
	return false;
}

const char **label_names_texts(const struct label_names *names)
{
	const char **texts = alloc_array(names->n, sizeof(*texts));

	for (size_t i = 0; texts && i < names->n; i++)
		texts[i] = names->names[i]->text;
	return texts;
}

void label_names_clear(struct label_names *names)
{
	for (size_t i = 0; i < names->n; i++) {
		tdelete(names->names[i], &names->tree, compare);
		free(names->names[i]);
	}
	free(names->names);
	*names = (struct label_names){0};
}
