/* This project's own store.h, which nothing of mmapforge may include in the place of one of its
 * own. */
#ifndef MMF_STORE_H
#define MMF_STORE_H

#ifndef CONSUMER_INCLUDES_ITS_OWN
#error "a header of mmapforge included this project's store.h"
#endif

#define OWN_STORE 1

#endif
