/*
 * A program with headers of its own, called like those of mmapforge and with include guards that
 * might be its, and two stores of one name.
 */
#include "market_store.h"

#include "archive/market_store.h"

#define CONSUMER_INCLUDES_ITS_OWN
#include "core/os/file.h"
#include "core/store.h"
#include "core/types.h"
#include "gen/front/lexer.h"
#include "schema.h"
#include "status.h"
#include "store.h"
#include "types.h"
#include "value.h"

#if OWN_CORE_OS_FILE + OWN_CORE_STORE + OWN_CORE_TYPES + OWN_GEN_LEXER + OWN_SCHEMA + OWN_STATUS + \
        OWN_STORE + OWN_TYPES + OWN_VALUE !=                                                       \
    9
#error "a header of this project is hidden by one of another"
#endif

/* Both headers were read to their end: each has its own records. */
int main(void)
{
    return trade_schema.field_count == 3 && closing_schema.field_count == 2 ? 0 : 1;
}
