/* Reads schema files, and finds lines and columns in them. */
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* open and fstat under -std=c11 */

#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Reading ---- */

static const char *kind_of(mode_t mode)
{
    if (S_ISDIR(mode))
        return "a directory";
    if (S_ISFIFO(mode))
        return "a pipe";
    if (S_ISSOCK(mode))
        return "a socket";
    return "a device";
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static mmf_status too_large(const char *path, mmf_error *error)
{
    return mmfi_fail(error, MMF_ERR_TOO_LONG, 0, path,
                     "%s: the file is larger than %u bytes, the most a schema may have; is it the "
                     "right file?",
                     path, SOURCE_SIZE_MAX);
}

static mmf_status no_memory(const char *path, mmf_error *error)
{
    return mmfi_fail(error, MMF_ERR_NO_MEMORY, ENOMEM, path, "%s: no memory to read the file",
                     path);
}

/* Reads up to size bytes. Returns the number read before the end of the file, or -1 with errno. */
static ssize_t read_all(int file, char *buffer, size_t size)
{
    size_t length = 0;
    while (length < size) {
        const ssize_t got = read(file, buffer + length, size - length);
        if (got == 0)
            break;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        length += (size_t)got;
    }
    return (ssize_t)length;
}

static mmf_status read_open(int file, const char *path, arena *memory, source *out,
                            mmf_error *error)
{
    struct stat about;
    if (fstat(file, &about) != 0)
        return mmfi_fail(error, MMF_ERR_IO, errno, path, "%s: cannot be examined: %s", path,
                         strerror(errno));
    if (!S_ISREG(about.st_mode))
        return mmfi_fail(error, MMF_ERR_ARGUMENT, 0, path,
                         "%s: is %s; expected a schema file, a regular file of text", path,
                         kind_of(about.st_mode));
    if (about.st_size > (off_t)SOURCE_SIZE_MAX)
        return too_large(path, error);
    /* One byte more than allowed, to detect a file that grows while it is read. */
    const size_t room = (size_t)SOURCE_SIZE_MAX + 1;
    char *buffer = (char *)arena_take(memory, room);
    if (buffer == NULL)
        return no_memory(path, error);
    const ssize_t length = read_all(file, buffer, room);
    if (length < 0)
        return mmfi_fail(error, MMF_ERR_IO, errno, path, "%s: cannot be read: %s", path,
                         strerror(errno));
    return source_from_text(path, buffer, (size_t)length, memory, out, error);
}

mmf_status source_read(const char *path, arena *memory, source *out, mmf_error *error)
{
    int file;
    do {
        /* Without O_NONBLOCK, opening a named pipe would wait for its other end. */
        file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    } while (file < 0 && errno == EINTR);
    if (file < 0) {
        const mmf_status status = errno == ENOENT ? MMF_ERR_NOT_FOUND : MMF_ERR_IO;
        return mmfi_fail(error, status, errno, path, "%s: cannot be opened: %s", path,
                         strerror(errno));
    }
    const mmf_status status = read_open(file, path, memory, out, error);
    (void)close(file); /* it was only read, so a failed close loses nothing */
    return status;
}

mmf_status source_from_text(const char *path, const char *text, size_t size, arena *memory,
                            source *out, mmf_error *error)
{
    if (size > SOURCE_SIZE_MAX)
        return too_large(path, error);
    char *own_path = arena_copy(memory, path, strlen(path));
    char *own_text = arena_copy(memory, text, size);
    if (own_path == NULL || own_text == NULL)
        return no_memory(path, error);
    *out = (source){own_path, name_of(own_path), own_text, (uint32_t)size};
    return MMF_OK;
}

/* ---- Places ---- */

/* The length of the UTF-8 byte order mark that the file begins with, or 0; it takes no column. */
static uint32_t mark_length(const source *from)
{
    return from->size >= 3 && memcmp(from->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

source_position source_locate(const source *from, uint32_t offset)
{
    if (offset > from->size)
        offset = from->size;
    source_position position = {1, 1};
    for (uint32_t at = mark_length(from); at < offset; at++) {
        if (from->text[at] == '\n')
            position = (source_position){position.line + 1, 1};
        else if (!is_continuation(from->text[at]))
            position.column++;
    }
    return position;
}

source_span source_line(const source *from, uint32_t offset)
{
    if (offset > from->size)
        offset = from->size;
    uint32_t begin = offset;
    while (begin > 0 && from->text[begin - 1] != '\n')
        begin--;
    if (begin == 0 && offset >= mark_length(from))
        begin = mark_length(from);
    uint32_t end = offset;
    while (end < from->size && from->text[end] != '\n')
        end++;
    if (end > begin && from->text[end - 1] == '\r')
        end--;
    return (source_span){begin, end - begin};
}

uint32_t source_decode(const char *text, uint32_t size, uint32_t *code_point)
{
    static const struct {
        unsigned char mask, value; /* of the first byte */
        uint32_t length, smallest;
    } FORMS[] = {{0x80, 0x00, 1, 0},
                 {0xe0, 0xc0, 2, 0x80},
                 {0xf0, 0xe0, 3, 0x800},
                 {0xf8, 0xf0, 4, 0x10000}};

    const unsigned char first = (unsigned char)text[0];
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
        if ((first & FORMS[i].mask) != FORMS[i].value)
            continue;
        if (FORMS[i].length > size)
            return 0;
        uint32_t value = first & (unsigned char)~FORMS[i].mask;
        for (uint32_t at = 1; at < FORMS[i].length; at++) {
            if (!is_continuation(text[at]))
                return 0;
            value = value << 6 | ((unsigned char)text[at] & 0x3f);
        }
        const bool surrogate = value >= 0xd800 && value <= 0xdfff;
        if (value < FORMS[i].smallest || surrogate || value > 0x10ffff)
            return 0;
        *code_point = value;
        return FORMS[i].length;
    }
    return 0;
}
