/*
 * A result as one line of JSON on standard output:
 *
 *     {"table": "growth", "case": "append", "library": "mmapforge", "x": 65536, "x_name": "bytes",
 *      "unit": "ns", "values": {"wall": 41.5}}
 *
 * x and x_name only where x was called.
 */
#ifndef MMF_BENCH_JSON_LINE_H
#define MMF_BENCH_JSON_LINE_H

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>

#include "bench/latency/histogram.h"

class JsonLine {
public:
    JsonLine(const std::string &table, const std::string &what, const std::string &library,
             const std::string &unit)
        : head_("{\"table\": " + quoted(table) + ", \"case\": " + quoted(what) +
                ", \"library\": " + quoted(library)),
          unit_(unit)
    {
    }
    JsonLine &x(const std::string &name, uint64_t value)
    {
        head_ += ", \"x\": " + std::to_string(value) + ", \"x_name\": " + quoted(name);
        return *this;
    }
    // Whole numbers are exact; others have four digits, more than any measurement, or are rounded
    // to whole ones. What is no number (a mean of nothing) is null.
    JsonLine &value(const std::string &name, double number)
    {
        char text[64] = "null";
        const bool whole = number == std::floor(number) || std::fabs(number) >= 1000;
        if (std::isfinite(number))
            (void)std::snprintf(text, sizeof text,
                                whole && std::fabs(number) < 1e15 ? "%.0f" : "%.4g", number);
        values_ += (values_.empty() ? "" : ", ") + quoted(name) + ": " + text;
        return *this;
    }
    // The percentiles above which there are enough values to be more than chance, the largest
    // value, and how many there were.
    JsonLine &percentiles(const Histogram &histogram)
    {
        constexpr uint64_t kEnough = 5;
        constexpr struct {
            const char *name;
            uint32_t per_million;
        } kPercentiles[] = {{"p50", 500000},
                            {"p90", 900000},
                            {"p99", 990000},
                            {"p99.9", 999000},
                            {"p99.99", 999900}};
        for (const auto &each : kPercentiles)
            if (histogram.count_above(each.per_million) >= kEnough)
                value(each.name, static_cast<double>(histogram.percentile(each.per_million)));
        value("max", static_cast<double>(histogram.max()));
        return value("samples", static_cast<double>(histogram.count()));
    }
    std::string text() const
    {
        return head_ + ", \"unit\": " + quoted(unit_) + ", \"values\": {" + values_ + "}}";
    }
    // At once, so that what was measured is not lost with a program that dies later.
    void print() const
    {
        std::puts(text().c_str());
        (void)std::fflush(stdout);
    }

private:
    static std::string quoted(const std::string &text)
    {
        std::string out = "\"";
        for (const char c : text) {
            char escaped[8];
            if (c == '"' || c == '\\')
                (out += '\\') += c;
            else if (static_cast<unsigned char>(c) < 0x20) {
                (void)std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
                out += escaped;
            } else
                out += c;
        }
        return out + '"';
    }

    std::string head_;
    std::string unit_;
    std::string values_;
};

#endif
