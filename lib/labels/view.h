/*
 * view.h - the inside of struct emnist_view, for those who count by it.
 */
#ifndef LABELS_VIEW_H
#define LABELS_VIEW_H

#include "../base/error.h"

/* No class of the view. */
#define VIEW_NONE UINT32_MAX

/* Other labels, a dataset's, seen in the same way: merged alike, and what the view's set leaves of
 * them, who need not have all that it names. Nothing left is EMNIST_ERR_ARGUMENT. */
enum emnist_status view_of_others(const struct emnist_view *view,
				  const struct emnist_labels *labels, struct emnist_view **view_ret,
				  struct emnist_error *error);

/* The class of the view that entry i of its labels belongs to, or VIEW_NONE. */
uint32_t view_class_of(const struct emnist_view *view, size_t i);

#endif
