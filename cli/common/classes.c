/*
 * classes.c - which characters may be answered.
 */
#include "classes.h"

const char *const blank_names[] = {"report", "answer", NULL};

bool classes_view(const struct class_settings *settings, const struct emnist_labels *labels,
		  struct emnist_view **view_ret)
{
	const struct emnist_view_options options = {
		.set = settings->set,
		.merge_case = settings->merge_case,
	};
	struct emnist_error error;

	*view_ret = NULL;
	if (!settings->set && !settings->merge_case)
		return true;
	if (!emnist_view_create(labels, &options, view_ret, &error))
		return true;
	complain("%s: %s", settings->set ? "--classes" : "--merge-case", error.message);
	return false;
}
