#include "core/builtins/random_source.h"

#include <sys/random.h>

#include <bit>
#include <cerrno>

namespace ruff::builtins {
namespace {

// SplitMix64 spreads a small seed over the whole state.
std::uint64_t split_mix(std::uint64_t& state) {
    std::uint64_t z = state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

}  // namespace

RandomSource& RandomSource::of_thread() {
    static thread_local RandomSource source;
    if (!source.is_seeded_) source.seed_from_system();
    return source;
}

void RandomSource::seed(std::uint64_t seed) {
    for (std::uint64_t& word : state_) word = split_mix(seed);
    is_seeded_ = true;
}

void RandomSource::seed_from_system() {
    std::uint64_t word = 0;
    unsigned char bytes[sizeof word];
    if (fill_from_system(bytes)) word = std::bit_cast<std::uint64_t>(bytes);
    seed(word);
}

std::uint64_t RandomSource::next() {
    std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

double RandomSource::next_unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

std::uint64_t RandomSource::below(std::uint64_t bound) {
    if (bound == 0) return next();
    __extension__ using Wide = unsigned __int128;
    Wide product = static_cast<Wide>(next()) * bound;
    if (static_cast<std::uint64_t>(product) < bound) {
        std::uint64_t threshold = (0 - bound) % bound;
        while (static_cast<std::uint64_t>(product) < threshold) product = static_cast<Wide>(next()) * bound;
    }
    return static_cast<std::uint64_t>(product >> 64);
}

bool fill_from_system(std::span<unsigned char> bytes) {
    while (!bytes.empty()) {
        ssize_t filled = ::getrandom(bytes.data(), bytes.size(), 0);
        if (filled < 0 && errno == EINTR) continue;
        if (filled < 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(filled));
    }
    return true;
}

std::string uuid_from(std::span<const unsigned char, 16> bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        unsigned char byte = bytes[i];
        if (i == 6) byte = static_cast<unsigned char>((byte & 0x0F) | 0x40);
        if (i == 8) byte = static_cast<unsigned char>((byte & 0x3F) | 0x80);
        if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
        out += kDigits[byte >> 4];
        out += kDigits[byte & 15];
    }
    return out;
}

}  // namespace ruff::builtins
