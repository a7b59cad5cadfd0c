/*
 * class_names.h - what the names of folders, and the labels of lists, stand for.
 */
#ifndef LABELS_CLASS_NAMES_H
#define LABELS_CLASS_NAMES_H

#include "../base/error.h"

/*
 * Tells for each of n names what it stands for, by one rule for all of them: the first that fits
 * all. emnist-formats(5) has the rules.
 *
 * mapping: the labels that the names are classes of, or NULL. Without it, *labels_ret are labels
 * for the names, to be freed with emnist_labels_free(), or NULL where the names are class numbers
 * whose meaning is not known here; with it, NULL. values_ret: (n) the index of each name's class in
 * the labels or the mapping. *rule_ret: the rule, for people: "characters".
 */
enum emnist_status class_names_read(const char *const *names, size_t n,
				    const struct emnist_labels *mapping, uint16_t *values_ret,
				    struct emnist_labels **labels_ret, const char **rule_ret,
				    struct emnist_error *error);

/*
 * Tells by the same rules what n names in a given order stand for, such as the classes that a model
 * names: entry i of *labels_ret is what names[i] means, and its index is i. NULL where all are
 * class numbers, which numbers_ret, (n), then gets. EMNIST_ERR_FORMAT: no rule reads all of them.
 */
enum emnist_status class_names_in_order(const char *const *names, size_t n, uint16_t *numbers_ret,
					struct emnist_labels **labels_ret,
					struct emnist_error *error);

#endif
