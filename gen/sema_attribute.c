/* Gives the attributes of a record their meaning. */
#include "sema_attribute.h"

#include <string.h>

#include "edits.h"
#include "mmapforge/schema.h"

/* What others call it. */
static const char *const ALIASES[] = {"@checksum", "@crc", "@crc32", "@crc32c", "@sums"};

#define EDITS_MAX 3u

static bool is_written(const diag_list *list, source_span at, const char *text)
{
    return strlen(text) == at.length && memcmp(list->from->text + at.offset, text, at.length) == 0;
}

static bool is_meant(const diag_list *list, source_span at)
{
    for (size_t i = 0; i < sizeof ALIASES / sizeof ALIASES[0]; i++)
        if (is_written(list, at, ALIASES[i]))
            return true;
    return edits_between(list->from->text + at.offset, at.length, MMF_ATTRIBUTE_CHECKSUMS) <=
           EDITS_MAX;
}

static void report_unknown(diag_list *list, source_span at)
{
    diag_report(list, at, "unknown attribute %s", diag_quote(list, at).text);
    if (is_meant(list, at))
        diag_hint(list, "did you mean '%s'?", MMF_ATTRIBUTE_CHECKSUMS);
    else
        diag_hint(list,
                  "the only attribute of this version is '%s'; say in a doc comment what it "
                  "meant",
                  MMF_ATTRIBUTE_CHECKSUMS);
}

static void check_twice(const parser_record *record, const parser_attribute *attribute,
                        diag_list *list)
{
    const char *text = list->from->text;
    for (const parser_attribute *other = record->attributes; other != attribute;
         other = other->next) {
        if (other->name.length != attribute->name.length ||
            memcmp(text + other->name.offset, text + attribute->name.offset, other->name.length) !=
                0)
            continue;
        diag_report(list, attribute->name, "attribute %s is given twice",
                    diag_quote(list, attribute->name).text);
        diag_hint(list, "delete one of them");
        diag_note(list, other->name, "first given here");
        return;
    }
}

sema_attributes sema_check_attributes(const parser_record *record, diag_list *list)
{
    sema_attributes out = {false};
    for (const parser_attribute *at = record->attributes; at != NULL; at = at->next) {
        if (!is_written(list, at->name, MMF_ATTRIBUTE_CHECKSUMS)) {
            report_unknown(list, at->name);
            continue;
        }
        check_twice(record, at, list);
        if (at->arguments.length > 0) {
            diag_report(list, at->arguments, "'%s' takes no arguments", MMF_ATTRIBUTE_CHECKSUMS);
            diag_hint(list, "delete them");
        }
        out.checksums = true;
    }
    return out;
}
