#include "lsp/features/matching.h"

#include <algorithm>
#include <cstddef>

namespace ruff::lsp {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

std::size_t find_part(std::string_view name, std::string_view part) {
    const auto at = std::search(name.begin(), name.end(), part.begin(), part.end(),
                                [](char left, char right) { return lower(left) == lower(right); });
    return at == name.end() ? std::string_view::npos : static_cast<std::size_t>(at - name.begin());
}

bool has_letters_in_order(std::string_view name, std::string_view letters) {
    std::size_t next = 0;
    for (const char c : name) {
        if (next < letters.size() && lower(c) == lower(letters[next])) ++next;
    }
    return next == letters.size();
}

}  // namespace

int match_score(std::string_view typed, std::string_view name) {
    if (typed.empty()) return 1;
    if (typed == name) return 7;
    if (name.starts_with(typed)) return 6;
    const std::size_t at = find_part(name, typed);
    if (at == 0) return 5;
    if (at == std::string_view::npos) return has_letters_in_order(name, typed) ? 2 : 0;
    const bool begins_word = name[at - 1] == '_' || (name[at] >= 'A' && name[at] <= 'Z');
    return begins_word ? 4 : 3;
}

}  // namespace ruff::lsp
