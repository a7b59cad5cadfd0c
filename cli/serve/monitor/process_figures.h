/* process_figures.h - what this process uses, from the kernel. */
#ifndef CLI_SERVE_PROCESS_FIGURES_H
#define CLI_SERVE_PROCESS_FIGURES_H

/* Negative: not known. */
struct process_figures {
	double cpu_seconds;
	double resident_nbytes, virtual_nbytes;
	double n_fds, max_fds; /* open descriptors, and how many there may be */
};

struct process_figures process_figures_find(void);

#endif
