/* This project's own core/types.h, which nothing of mmapforge may include in the place of one of
 * its own. */
#ifndef MMF_CORE_TYPES_H
#define MMF_CORE_TYPES_H

#ifndef CONSUMER_INCLUDES_ITS_OWN
#error "a header of mmapforge included this project's core/types.h"
#endif

#define OWN_CORE_TYPES 1

#endif
