// What the tests share that replay the checks of a fuzzer: its seeds, and texts made from them.
#ifndef MMF_TESTS_ROBUSTNESS_FUZZ_REPLAY_H
#define MMF_TESTS_ROBUSTNESS_FUZZ_REPLAY_H

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

// The files of corpus/NAME, always in the same order.
inline std::vector<std::string> t_seeds(const std::string &name)
{
    std::vector<std::string> out;
    for (const auto &entry :
         std::filesystem::directory_iterator("tests/robustness/fuzz/corpus/" + name)) {
        std::ifstream file(entry.path(), std::ios::binary);
        out.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    std::sort(out.begin(), out.end());
    return out;
}

// A text in a block of its exact size, so that ASan sees a read beyond its end.
class Exact {
public:
    explicit Exact(const std::string &text)
        : size_(text.size()), bytes_(new char[text.size() + (text.empty() ? 1 : 0)])
    {
        memcpy(bytes_.get(), text.data(), size_);
    }

    const char *data() const
    {
        return bytes_.get();
    }

    size_t size() const
    {
        return size_;
    }

private:
    size_t size_;
    std::unique_ptr<char[]> bytes_;
};

// One to three of the words, in some places of a text, or in place of a few of its bytes.
inline std::string t_mutate(std::string text, const std::vector<std::string> &words,
                            std::mt19937_64 &random)
{
    for (uint64_t changes = 1 + random() % 3; changes > 0; changes--) {
        const size_t at = random() % (text.size() + 1);
        const std::string &word = words[random() % words.size()];
        if (random() % 2 == 0)
            text.insert(at, word);
        else
            text.replace(at, random() % 5, word);
    }
    return text;
}

#endif
