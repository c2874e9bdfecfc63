/*
 * This project's own gen/front/lexer.h, which no file of mmapforge may include instead of its own
 * header of that name.
 */
#ifndef MMF_GEN_LEXER_H
#define MMF_GEN_LEXER_H

#ifndef CONSUMER_INCLUDES_ITS_OWN
#error "a header of mmapforge included this project's gen/front/lexer.h"
#endif

#define OWN_GEN_LEXER 1

#endif
