/* This project's own gen/lexer.h, which nothing of mmapforge may include in the place of one of its
 * own. */
#ifndef MMF_GEN_LEXER_H
#define MMF_GEN_LEXER_H

#ifndef CONSUMER_INCLUDES_ITS_OWN
#error "a header of mmapforge included this project's gen/lexer.h"
#endif

#define OWN_GEN_LEXER 1

#endif
