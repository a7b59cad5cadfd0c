/* view.h - the inside of struct emnist_view, for code that counts classes. */
#ifndef LABELS_VIEW_H
#define LABELS_VIEW_H

#include "../base/error.h"

/* No class of the view. */
#define VIEW_NONE UINT32_MAX

/* The same view of other labels, such as a dataset's: merged alike and reduced to the view's set.
 * They need not have all of the set. EMNIST_ERR_ARGUMENT if nothing is left. */
enum emnist_status view_of_others(const struct emnist_view *view,
				  const struct emnist_labels *labels, struct emnist_view **view_ret,
				  struct emnist_error *error);

/* The view's class of its labels' entry i, or VIEW_NONE. */
uint32_t view_class_of(const struct emnist_view *view, size_t i);

#endif
