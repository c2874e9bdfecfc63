/* Prints the schema text of a record, as the generated C has it. */
#include <stdio.h>
#include <string.h>

#include "checksums_store.h"
#include "docs_store.h"
#include "python_store.h"
#include "records_store.h"
#include "rich_store.h"
#include "single_store.h"
#include "tick_store.h"
#include "types_store.h"

int main(int count, char **words)
{
    const mmf_schema *const schemas[] = {
        &all_types_schema, &docs_schema,     &http_connection_statistics_schema,
        &mark_schema,      &ohlc_bar_schema, &order_book_level_2_schema,
        &plain_schema,     &python_schema,   &quote_schema,
        &tick_schema,      &x_schema,        &rich_schema,
        &bare_schema,
    };
    for (size_t i = 0; count == 2 && i < sizeof schemas / sizeof schemas[0]; i++)
        if (strcmp(schemas[i]->name, words[1]) == 0)
            return fwrite(schemas[i]->text, 1, schemas[i]->text_size, stdout) !=
                   schemas[i]->text_size;
    (void)fprintf(stderr, "schema_text: unknown record\n");
    return 2;
}
