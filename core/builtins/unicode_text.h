#pragma once

#include <optional>
#include <string>
#include <string_view>

// Letter case, classes of characters and normal forms, after Unicode in full: the one door of the builtins to
// utf8proc. All texts are valid UTF-8.
namespace ruff::builtins {

/// Full case mapping: `ß` becomes `SS`, a sigma at the end of a word `ς`.
[[nodiscard]] std::string to_upper(std::string_view text);
[[nodiscard]] std::string to_lower(std::string_view text);
/// The first character in title case, the others in lower case.
[[nodiscard]] std::string capitalize(std::string_view text);
/// Each word (letters and digits, apostrophes inside) as `capitalize` makes it.
[[nodiscard]] std::string title_case(std::string_view text);

[[nodiscard]] bool is_decimal_digit(char32_t code_point);  // Nd
[[nodiscard]] bool is_alphabetic(char32_t code_point);     // L*, Nl
[[nodiscard]] bool is_mark(char32_t code_point);           // M*
[[nodiscard]] bool is_blank(char32_t code_point);          // Z* and the control characters that are blanks
[[nodiscard]] bool is_upper_case(char32_t code_point);
[[nodiscard]] bool is_lower_case(char32_t code_point);

// Of whole texts; the empty one is none of these.
[[nodiscard]] bool is_all_digits(std::string_view text);
[[nodiscard]] bool is_all_letters(std::string_view text);
[[nodiscard]] bool is_all_letters_and_digits(std::string_view text);
[[nodiscard]] bool is_all_blank(std::string_view text);
/// Has letters with case, all of them upper (lower) case.
[[nodiscard]] bool is_all_upper(std::string_view text);
[[nodiscard]] bool is_all_lower(std::string_view text);

/// The text in a normal form (NFC, NFD, NFKC, NFKD); nothing for another name.
[[nodiscard]] std::optional<std::string> normalize(std::string_view text, std::string_view form);

}  // namespace ruff::builtins
