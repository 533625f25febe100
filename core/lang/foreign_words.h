#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace ruff {

enum class ForeignRole : std::uint8_t { Function, Variable, ElseIf, Catch, Value, Operator, Statement };

/// A row of `foreign_words.def`.
struct ForeignWord {
    std::string_view text;
    ForeignRole role;
    std::string_view replacement;  ///< may stand in its place unchanged; or empty
    std::string_view help;
};

/// The row of `text`, or null. For error paths: a linear search.
[[nodiscard]] const ForeignWord* find_foreign_word(std::string_view text);

}  // namespace ruff
