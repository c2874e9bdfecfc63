// FlatBuffers: a vector of structs in a buffer that is read in place, in a mapped file.
#include <cstring>

#include "bench/compare/operations.h"
#include "tick_generated.h"

namespace {

using peers::Facts;
using peers::Mapping;
using peers::Room;
using Vector = flatbuffers::Vector<const peers::fb::Tick *>;

struct Flatbuffers : peers::NoTransactions {
    static constexpr const char *kName = "FlatBuffers";
    using Record = peers::fb::Tick;

    static Facts facts()
    {
        Facts facts;
        facts.version = std::to_string(FLATBUFFERS_VERSION_MAJOR) + "." +
                        std::to_string(FLATBUFFERS_VERSION_MINOR) + "." +
                        std::to_string(FLATBUFFERS_VERSION_REVISION);
        facts.how = "a vector of structs of 96 bytes, verified when it is opened, --gen-mutable; "
                    "asserts off";
        facts.survives = "no: a finished buffer is written as a whole";
        facts.typed = "by a schema";
        facts.shared = "yes, to read";
        facts.checked = "the buffer when it is opened; rows by assert, which is off";
        facts.cannot_sync = "a finished buffer does not grow";
        facts.append_note = "builds a buffer in memory, its length known before; a finished one "
                            "does not grow";
        return facts;
    }
    static Record sample(uint64_t row)
    {
        const tick_record from = peers::sample(row);
        const auto *bytes = reinterpret_cast<const uint8_t *>(from.symbol);
        return Record(static_cast<uint32_t>(from.symbol_length),
                      flatbuffers::span<const uint8_t, TICK_SYMBOL_MAX>(bytes, TICK_SYMBOL_MAX),
                      from.price, from.volume, from.timestamp);
    }

    Flatbuffers(const std::string &path, bool writing) : file_(kName, path, writing)
    {
        flatbuffers::Verifier verifier(file_.data(), file_.size());
        if (!peers::fb::VerifyTicksBuffer(verifier))
            peers::fail(kName, path + " is not a buffer of ticks");
        changing_ = peers::fb::GetMutableTicks(file_.data())->mutable_ticks();
        ticks_ = changing_;
    }
    Flatbuffers &handle()
    {
        return *this;
    }
    double price(uint64_t row) const
    {
        return ticks_->Get(static_cast<flatbuffers::uoffset_t>(row))->price();
    }
    template <typename Use> void each_price(Use use) const
    {
        for (flatbuffers::uoffset_t row = 0; row < ticks_->size(); row++)
            use(ticks_->Get(row)->price());
    }
    double sum() const
    {
        double total = 0;
        for (const Record *tick : *ticks_)
            total += tick->price();
        return total;
    }
    void read(uint64_t row, Record *out) const
    {
        *out = *ticks_->Get(static_cast<flatbuffers::uoffset_t>(row));
    }
    void set_price(uint64_t row, double price)
    {
        at(row)->mutate_price(price);
        benchmark::ClobberMemory();
    }
    void set(uint64_t row, const Record &in)
    {
        *at(row) = in;
    }

    class Appends {
    public:
        Appends(const std::string &path, uint64_t rows, Room)
            : path_(path), builder_(rows * sizeof(Record) + 1024)
        {
        }
        void empty()
        {
            builder_.Clear();
        }
        template <typename Next> void append(uint64_t rows, Next next)
        {
            const auto ticks = builder_.CreateVectorOfStructs<Record>(
                rows, [&next](size_t row, Record *to) { *to = *next(row); });
            builder_.Finish(peers::fb::CreateTicks(builder_, ticks));
        }
        void sync()
        {
        }
        void finish()
        {
            peers::write_file(kName, path_, builder_.GetBufferPointer(), builder_.GetSize());
        }

    private:
        std::string path_;
        flatbuffers::FlatBufferBuilder builder_;
    };

private:
    Record *at(uint64_t row)
    {
        return changing_->GetMutableObject(static_cast<flatbuffers::uoffset_t>(row));
    }

    Mapping file_;
    const Vector *ticks_;
    Vector *changing_;
};

const bool added = peers::add<Flatbuffers>();

} // namespace
