/* Which field of one version of a schema is which of another. */
#include "versions.h"
#include "traits.h"

#include <string.h>

mmfi_versions mmfi_versions_of(const mmf_schema *mine, const mmf_schema *theirs)
{
    const mmfi_versions out = {mine->fields,        theirs->fields, mine->field_count,
                               theirs->field_count, mine->version,  theirs->version};
    return out;
}

mmfi_versions mmfi_versions_within(const mmfi_versions *of, const mmf_struct *mine,
                                   const mmf_struct *theirs)
{
    mmfi_versions out = *of;
    out.mine = mine->fields;
    out.mine_count = mine->field_count;
    out.theirs = theirs->fields;
    out.theirs_count = theirs->field_count;
    return out;
}

mmfi_versions mmfi_versions_swap(const mmfi_versions *of)
{
    const mmfi_versions out = {of->theirs,     of->mine,           of->theirs_count,
                               of->mine_count, of->theirs_version, of->mine_version};
    return out;
}

static const mmf_field *find_name(const mmf_field *fields, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

static const mmf_field *find_was(const mmf_field *fields, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (fields[i].was != NULL && strcmp(fields[i].was, name) == 0)
            return &fields[i];
    return NULL;
}

static const mmf_field *mine_by_name(const mmfi_versions *of, const char *name)
{
    return find_name(of->mine, of->mine_count, name);
}

static const mmf_field *theirs_by_name(const mmfi_versions *of, const char *name)
{
    return find_name(of->theirs, of->theirs_count, name);
}

/* What had its name; not a field that another one of mine is. */
static const mmf_field *theirs_after(const mmfi_versions *of, const mmf_field *mine)
{
    const mmf_field *found = find_was(of->theirs, of->theirs_count, mine->name);
    const bool is_taken =
        found != NULL && (mine_by_name(of, found->name) != NULL ||
                          find_was(of->mine, of->mine_count, found->name) != NULL);
    return is_taken ? NULL : found;
}

const mmf_field *mmfi_counterpart(const mmfi_versions *of, const mmf_field *mine)
{
    const mmf_field *found = theirs_by_name(of, mine->name);
    if (found != NULL)
        return found;
    found = mine->was != NULL ? theirs_by_name(of, mine->was) : NULL;
    if (found == NULL)
        return theirs_after(of, mine);
    return mine_by_name(of, mine->was) == NULL ? found : NULL;
}

const char *mmfi_counterpart_doubt(const mmfi_versions *of, const mmf_field *mine)
{
    const mmf_field *theirs = mmfi_counterpart(of, mine);
    if (theirs == NULL)
        return NULL;
    const bool mine_is_older = of->mine_version < of->theirs_version;
    const bool theirs_is_older = of->mine_version > of->theirs_version;
    if (strcmp(theirs->name, mine->name) != 0) {
        const bool by_mine = mine->was != NULL && strcmp(mine->was, theirs->name) == 0;
        if (by_mine ? mine_is_older : theirs_is_older)
            return "only the older version says by '@was' that they are the same";
        return NULL;
    }
    if ((mine->was != NULL && !mine_is_older && theirs_by_name(of, mine->was) != NULL) ||
        (theirs->was != NULL && !theirs_is_older && mine_by_name(of, theirs->was) != NULL))
        return "the older version has this name and the one that '@was' gives";
    return NULL;
}

bool mmfi_may_be_missing(const mmfi_versions *of, const mmf_field *mine)
{
    return mine->null_bit != 0 || mine->default_text != NULL || mine->since > of->theirs_version;
}

static bool types_are_of_one_kind(mmf_type a, mmf_type b)
{
    return a == b || (mmfi_type_is_integer(a) && mmfi_type_is_integer(b)) ||
           (mmfi_type_is_float(a) && mmfi_type_is_float(b));
}

/* A name for another number, or a number under another name, would change what values mean. */
static const char *problem_of_enums(const mmf_enum *mine, const mmf_enum *theirs)
{
    for (uint32_t i = 0; i < theirs->member_count; i++) {
        const mmf_enum_member *member = &theirs->members[i];
        const mmf_enum_member *by_name =
            mmf_enum_find_name(mine, member->name, strlen(member->name));
        const mmf_enum_member *by_value = mmf_enum_find(mine, member->value);
        if (by_name != NULL && by_name->value != member->value)
            return "a member of the enum has another value";
        if (by_value != NULL && by_name == NULL)
            return "a member of the enum has another name";
    }
    return NULL;
}

const char *mmfi_kind_problem(const mmf_field *mine, const mmf_field *theirs)
{
    if (mine->logical != theirs->logical ||
        (mine->structure != NULL) != (theirs->structure != NULL))
        return "the types are of different kinds";
    if (mine->count != theirs->count)
        return "the numbers of elements differ";
    if (mine->structure != NULL)
        return NULL;
    if (mine->scale != theirs->scale)
        return mine->logical == MMF_LOGICAL_DECIMAL ? "the digits after the point differ"
                                                    : "the units differ";
    if (!types_are_of_one_kind(mine->type, theirs->type))
        return "the types are of different kinds";
    return mine->enumeration != NULL ? problem_of_enums(mine->enumeration, theirs->enumeration)
                                     : NULL;
}
