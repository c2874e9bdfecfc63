// Records whose values tell the types and the places of all fields apart.
#ifndef MMF_TESTS_CONFORMANCE_INTEGRATION_SAMPLES_H
#define MMF_TESTS_CONFORMANCE_INTEGRATION_SAMPLES_H

#include <cstring>
#include <limits>
#include <string>

#include "sample_store.h"

// field, C type, type in the schema language, member of mmf_value that holds it
#define SCALAR_FIELDS(X)                                                                           \
    X(truth, bool, bool, boolean)                                                                  \
    X(i8, int8_t, int8, integer)                                                                   \
    X(u8, uint8_t, uint8, natural)                                                                 \
    X(i16, int16_t, int16, integer)                                                                \
    X(u16, uint16_t, uint16, natural)                                                              \
    X(i32, int32_t, int32, integer)                                                                \
    X(u32, uint32_t, uint32, natural)                                                              \
    X(i64, int64_t, int64, integer)                                                                \
    X(u64, uint64_t, uint64, natural)                                                              \
    X(f32, float, float32, real)                                                                   \
    X(f64, double, float64, real)

// The ends of each type's range: a wrong width, sign or offset changes at least one of them.
inline sample_record least()
{
    sample_record record = {};
#define SET(field, c_type, name, member) record.field = std::numeric_limits<c_type>::lowest();
    SCALAR_FIELDS(SET)
#undef SET
    return record;
}

inline sample_record most()
{
    sample_record record = {};
#define SET(field, c_type, name, member) record.field = std::numeric_limits<c_type>::max();
    SCALAR_FIELDS(SET)
#undef SET
    std::memset(record.text, 'x', SAMPLE_TEXT_MAX);
    record.text_length = SAMPLE_TEXT_MAX;
    std::memset(record.blob, 0xff, SAMPLE_BLOB_MAX);
    record.blob_length = SAMPLE_BLOB_MAX;
    return record;
}

// No two neighbours are alike, so a field read from its neighbour's place is seen.
inline sample_record middle()
{
    sample_record record = {};
    record.truth = true;
    record.i8 = -2;
    record.u8 = 3;
    record.i16 = -400;
    record.u16 = 50000;
    record.i32 = -600000;
    record.u32 = 4000000000u;
    record.i64 = -8000000000;
    record.u64 = UINT64_C(0x0123456789abcdef);
    record.f32 = 0.1f;
    record.f64 = 0.1;
    const std::string text = "gr\xc3\xbc\xc3\x9f"; // two letters of two bytes each
    std::memcpy(record.text, text.data(), text.size());
    record.text_length = text.size();
    const uint8_t blob[] = {7, 0, 9}; // a zero inside does not end bytes
    std::memcpy(record.blob, blob, sizeof blob);
    record.blob_length = sizeof blob;
    return record;
}

inline std::string text_of(const sample_record &record)
{
    return std::string(record.text, record.text_length);
}

inline std::string bytes_of(const uint8_t *data, size_t length)
{
    return std::string(reinterpret_cast<const char *>(data), length);
}

inline std::string blob_of(const sample_record &record)
{
    return bytes_of(record.blob, record.blob_length);
}

#endif
