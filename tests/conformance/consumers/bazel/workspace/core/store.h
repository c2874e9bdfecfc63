/* This project's own core/store.h, which nothing of mmapforge may include in the place of one of
 * its own. */
#ifndef MMF_CORE_STORE_H
#define MMF_CORE_STORE_H

#ifndef CONSUMER_INCLUDES_ITS_OWN
#error "a header of mmapforge included this project's core/store.h"
#endif

#define OWN_CORE_STORE 1

#endif
