// Cap'n Proto: one message with a list of structs, read in place from a mapped file.
#include <capnp/message.h>
#include <capnp/serialize.h>

#include <cstring>
#include <limits>
#include <memory>

#include "bench/compare/operations.h"
#include "tick.capnp.h"

namespace {

using capnp::word;
using peers::Facts;
using peers::Mapping;
using peers::Room;

// 4 for the struct, 2 for a symbol of 8 bytes and its NUL; one for the root and its pointers.
constexpr uint64_t kWordsOfRow = 6;
constexpr uint64_t kWordsBefore = 16;

// Changes a message where it lies, and takes no more memory for it.
class InPlace : public capnp::MessageBuilder {
public:
    explicit InPlace(kj::ArrayPtr<SegmentInit> segments) : MessageBuilder(segments)
    {
    }
    kj::ArrayPtr<word> allocateSegment(unsigned) override
    {
        peers::fail("Cap'n Proto", "a change in place asked for memory");
    }
};

struct Capnproto : peers::NoTransactions {
    static constexpr const char *kName = "Cap'n Proto";
    using Record = tick_record;

    static Facts facts()
    {
        Facts facts;
        facts.version = std::to_string(CAPNP_VERSION / 1000000) + "." +
                        std::to_string(CAPNP_VERSION / 1000 % 1000) + "." +
                        std::to_string(CAPNP_VERSION % 1000);
        facts.how = "one message of one segment, read as a flat array without a limit of "
                    "traversal, the list's reader kept";
        facts.survives = "no: a message is written as a whole";
        facts.typed = "by a schema";
        facts.shared = "yes, to read";
        facts.checked = "each row and pointer";
        facts.cannot_sync = "a message does not grow";
        facts.append_note = "builds a message in memory, its length known before; a written one "
                            "does not grow";
        facts.set_note = "a symbol of the same length, over the old one: another would leak";
        return facts;
    }
    static Record sample(uint64_t row)
    {
        return peers::sample(row);
    }

    Capnproto(const std::string &path, bool writing) : file_(kName, path, writing)
    {
        auto *words = reinterpret_cast<word *>(file_.data());
        const size_t count = file_.size() / sizeof(word);
        capnp::ReaderOptions options;
        options.traversalLimitInWords = std::numeric_limits<uint64_t>::max();
        reader_ = std::make_unique<capnp::FlatArrayMessageReader>(
            kj::ArrayPtr<const word>(words, count), options);
        ticks_ = reader_->getRoot<CapnpTicks>().getTicks();
        if (!writing)
            return;
        // The first word is the table of the only segment.
        capnp::MessageBuilder::SegmentInit segment = {kj::ArrayPtr<word>(words + 1, count - 1),
                                                      count - 1};
        builder_ = std::make_unique<InPlace>(kj::arrayPtr(&segment, 1));
        changing_ = builder_->getRoot<CapnpTicks>().getTicks();
    }
    Capnproto &handle()
    {
        return *this;
    }
    double price(uint64_t row) const
    {
        return ticks_[static_cast<unsigned>(row)].getPrice();
    }
    template <typename Use> void each_price(Use use) const
    {
        for (const CapnpTick::Reader tick : ticks_)
            use(tick.getPrice());
    }
    double sum() const
    {
        double total = 0;
        for (const CapnpTick::Reader tick : ticks_)
            total += tick.getPrice();
        return total;
    }
    void read(uint64_t row, Record *out) const
    {
        const CapnpTick::Reader tick = ticks_[static_cast<unsigned>(row)];
        const capnp::Text::Reader symbol = tick.getSymbol();
        if (symbol.size() > TICK_SYMBOL_MAX)
            peers::fail(kName, "a symbol is too long");
        std::memcpy(out->symbol, symbol.begin(), symbol.size() + 1);
        out->symbol_length = symbol.size();
        out->price = tick.getPrice();
        out->volume = tick.getVolume();
        out->timestamp = tick.getTimestamp();
    }
    void set_price(uint64_t row, double price)
    {
        changing_[static_cast<unsigned>(row)].setPrice(price);
        benchmark::ClobberMemory();
    }
    void set(uint64_t row, const Record &in)
    {
        CapnpTick::Builder tick = changing_[static_cast<unsigned>(row)];
        capnp::Text::Builder symbol = tick.getSymbol();
        if (symbol.size() != in.symbol_length)
            peers::fail(kName, "a symbol has another length");
        std::memcpy(symbol.begin(), in.symbol, in.symbol_length);
        fill(tick, in);
    }

    class Appends {
    public:
        Appends(const std::string &path, uint64_t rows, Room)
            : path_(path), memory_(rows * kWordsOfRow + kWordsBefore)
        {
        }
        void empty()
        {
            message_.reset(); // which zeroes the memory again
            message_ = std::make_unique<capnp::MallocMessageBuilder>(
                kj::arrayPtr(memory_.data(), memory_.size()));
        }
        template <typename Next> void append(uint64_t rows, Next next)
        {
            auto ticks = message_->initRoot<CapnpTicks>().initTicks(static_cast<unsigned>(rows));
            for (unsigned row = 0; row < rows; row++) {
                const Record *in = next(row);
                CapnpTick::Builder tick = ticks[row];
                tick.setSymbol(capnp::Text::Reader(in->symbol, in->symbol_length));
                fill(tick, *in);
            }
        }
        void sync()
        {
        }
        void finish()
        {
            const auto words = capnp::messageToFlatArray(*message_);
            peers::write_file(kName, path_, words.begin(), words.size() * sizeof(word));
        }

    private:
        std::string path_;
        std::vector<word> memory_;
        std::unique_ptr<capnp::MallocMessageBuilder> message_;
    };

private:
    static void fill(CapnpTick::Builder &tick, const Record &in)
    {
        tick.setPrice(in.price);
        tick.setVolume(in.volume);
        tick.setTimestamp(in.timestamp);
    }

    Mapping file_;
    std::unique_ptr<capnp::FlatArrayMessageReader> reader_;
    capnp::List<CapnpTick>::Reader ticks_;
    std::unique_ptr<InPlace> builder_;
    capnp::List<CapnpTick>::Builder changing_ = nullptr;
};

const bool added = peers::add<Capnproto>();

} // namespace
