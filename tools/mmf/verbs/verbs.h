/* The verbs of mmf: a table for each, in the file of its name. */
#ifndef MMF_VERBS_H
#define MMF_VERBS_H

#include "../command/options.h"

extern const verb VERB_INFO;
extern const verb VERB_CHECK;
extern const verb VERB_EXPORT;
extern const verb VERB_IMPORT;
extern const verb VERB_GUESS;

#endif
