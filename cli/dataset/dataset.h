/*
 * dataset.h - the subcommands of emnist dataset.
 */
#ifndef CLI_DATASET_DATASET_H
#define CLI_DATASET_DATASET_H

#include "../common/cli.h"

enum exit_status dataset_stats(int argc, char **argv);
enum exit_status dataset_export(int argc, char **argv);
enum exit_status dataset_montage(int argc, char **argv);
enum exit_status dataset_import(int argc, char **argv);

#endif
