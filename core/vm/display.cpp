// Display: numbers and quoted text, and the loop that shows containers.

#include <charconv>
#include <cmath>
#include <cstring>

#include "core/support/utf8.h"
#include "core/vm/code.h"
#include "core/vm/drivers.h"
#include "core/vm/operations.h"

namespace ruff::vm {
namespace {

/// Containers inside each other that are shown; what is deeper shows as an ellipsis.
constexpr std::size_t kMaxDisplayDepth = 1000;
/// No value's text is longer: what shares its parts can have far more paths than memory holds.
constexpr std::size_t kMaxDisplaySize = std::size_t{512} << 20;
constexpr std::size_t kMaxMessageCharacters = 200;
constexpr std::string_view kEllipsis = "…";

}  // namespace

// --- numbers -----------------------------------------------------------------------------------------------------------

void append_int(StringBuilder& out, std::int64_t value) {
    char digits[24];
    const char* end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.append({digits, static_cast<std::size_t>(end - digits)}, true);
}

namespace {

/// The shortest digits that read back, and the power of ten of the first: 0.00015 is "15" and -4.
struct Decimal {
    char digits[20];
    int count = 0;
    int exponent = 0;
};

Decimal shortest_decimal(double value) {
    char text[40];
    const char* end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
    Decimal decimal;
    const char* p = text;
    for (; *p != 'e'; ++p) {
        if (*p != '.') decimal.digits[decimal.count++] = *p;
    }
    const bool is_negative = p[1] == '-';
    std::from_chars(p + 2, end, decimal.exponent);
    if (is_negative) decimal.exponent = -decimal.exponent;
    return decimal;
}

void append_exponent_form(StringBuilder& out, const Decimal& decimal) {
    out.append(decimal.digits[0]);
    if (decimal.count > 1) {
        out.append('.');
        out.append({decimal.digits + 1, static_cast<std::size_t>(decimal.count - 1)}, true);
    }
    out.append('e');
    append_int(out, decimal.exponent);
}

void append_plain_form(StringBuilder& out, const Decimal& decimal, bool keep_point) {
    static constexpr std::string_view kZeros = "000000000000000000000";
    const std::string_view digits{decimal.digits, static_cast<std::size_t>(decimal.count)};
    if (decimal.exponent < 0) {
        out.append("0.", true);
        out.append(kZeros.substr(0, static_cast<std::size_t>(-decimal.exponent - 1)), true);
        out.append(digits, true);
        return;
    }
    const auto whole = static_cast<std::size_t>(decimal.exponent + 1);
    out.append(digits.substr(0, whole), true);
    if (digits.size() > whole) {
        out.append('.');
        out.append(digits.substr(whole), true);
        return;
    }
    out.append(kZeros.substr(0, whole - digits.size()), true);
    if (keep_point) out.append(".0", true);
}

}  // namespace

void append_float(StringBuilder& out, double value, bool keep_point) {
    if (std::isnan(value)) return out.append("nan", true);
    if (std::signbit(value)) {
        out.append('-');
        value = -value;
    }
    if (std::isinf(value)) return out.append("inf", true);
    if (value < 1e15 && value == static_cast<double>(static_cast<std::int64_t>(value))) {
        append_int(out, static_cast<std::int64_t>(value));
        if (keep_point) out.append(".0", true);
        return;
    }
    const Decimal decimal = shortest_decimal(value);
    if (decimal.exponent >= 21 || decimal.exponent < -6) {
        append_exponent_form(out, decimal);
    } else {
        append_plain_form(out, decimal, keep_point);
    }
}

// --- text --------------------------------------------------------------------------------------------------------------

namespace {

void append_escape(StringBuilder& out, char c) {
    static constexpr char kDigits[] = "0123456789abcdef";
    static constexpr std::string_view kSpecial("\n\t\r\\\"\0\x1b$", 8), kLetters = "ntr\\\"0e$";
    out.append('\\');
    const std::size_t letter = kSpecial.find(c);
    if (letter != std::string_view::npos) return out.append(kLetters[letter]);
    out.append('x');
    out.append(kDigits[static_cast<unsigned char>(c) >> 4]);
    out.append(kDigits[c & 15]);
}

bool needs_escape(std::string_view text, std::size_t i) {
    const auto c = static_cast<unsigned char>(text[i]);
    return c < 0x20 || c == '"' || c == '\\' || c == 0x7f || (c == '$' && i + 1 < text.size() && text[i + 1] == '{');
}

}  // namespace

void append_quoted(StringBuilder& out, std::string_view text) {
    out.append('"');
    std::size_t written = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!needs_escape(text, i)) continue;
        out.append(text.substr(written, i - written));
        append_escape(out, text[i]);
        written = i + 1;
    }
    out.append(text.substr(written));
    out.append('"');
}

std::string cut_for_message(std::string_view text) {
    std::size_t end = 0;
    for (std::size_t count = 0; count < kMaxMessageCharacters && end < text.size(); ++count) {
        do ++end;
        while (end < text.size() && utf8::is_continuation(text[end]));
    }
    std::string cut(text.substr(0, end));
    if (end < text.size()) cut += kEllipsis;
    return cut;
}

// --- containers --------------------------------------------------------------------------------------------------------

void DisplayDriver::quoted(std::string_view piece) {
    if (piece.size() > limit_) {
        std::size_t end = limit_;
        while (utf8::is_continuation(piece[end])) --end;
        piece = piece.substr(0, end);
    }
    append_quoted(out, piece);
}

bool DisplayDriver::child(const Value& value) {
    if (value.is_int()) {
        append_int(out, value.as_int());
        return true;
    }
    if (methods_ && value.is(ValueKind::Struct)) {
        if (Code* method = value.as_struct()->info->to_string) {
            if (methods_->to_string(method, value, out)) return true;
            raised_ = true;
            return false;
        }
    }
    Cursor none;
    const bool is_leaf = value.kind() < ValueKind::Array;
    if (is_leaf) return kind_hooks(value.kind()).display(value, none, *this);
    if (frames_.size() >= kMaxDisplayDepth) {
        out.append(kEllipsis);
        return true;
    }
    frames_.push_back({&value, {}});
    return false;
}

bool DisplayDriver::run(const Value& value) {
    if (value.is_string() && style == DisplayStyle::Display) {
        out.append(value.as_string());
        return true;
    }
    if (child(value)) return true;
    while (!raised_ && !frames_.empty() && out.size() < limit_ && !out.has_failed()) {
        Frame& top = frames_.back();
        if (kind_hooks(top.value->kind()).display(*top.value, top.cursor, *this)) frames_.pop_back();
        if (out.size() > kMaxDisplaySize) out.give_up();
    }
    return !raised_;
}

void display_plainly(const Value& value, StringBuilder& out) {
    (void)DisplayDriver(out, DisplayStyle::Display, nullptr).run(value);
}

void represent_plainly(const Value& value, StringBuilder& out) {
    (void)DisplayDriver(out, DisplayStyle::Represent, nullptr).run(value);
}

std::string display_for_message(const Value& value) {
    StringBuilder out;
    DisplayDriver driver(out, DisplayStyle::Represent, nullptr);
    driver.stop_after(kMaxMessageCharacters * 4 + 4);
    (void)driver.run(value);
    return cut_for_message(out.view());
}

// --- values without a heap object --------------------------------------------------------------------------------------

bool is_truthy_slow(const Value& value) { return kind_hooks(value.kind()).truthy(value); }

namespace hooks {

// The markers never reach a program; these show what a dump of registers finds.
#define RUFF_MARKER(Name, shown)                                                        \
    bool truthy_##Name(const Value&) { return false; }                                  \
    bool display_##Name(const Value&, Cursor&, DisplayDriver& out) {                    \
        out.text(shown);                                                                \
        return true;                                                                    \
    }                                                                                   \
    bool equals_##Name(const Value&, const Value&, Cursor&, EqualityDriver&) { return true; } \
    RUFF_UNORDERED(Name)                                                                \
    RUFF_NO_KEYS(Name, "a variable that is not set")                                    \
    Sendable sendable_##Name() { return Sendable::Immediate; }

RUFF_MARKER(Unset, "<unset>")
RUFF_MARKER(Held, "<held>")
RUFF_MARKER(Unsent, "<unsent>")
#undef RUFF_MARKER

bool truthy_Null(const Value&) { return false; }
bool display_Null(const Value&, Cursor&, DisplayDriver& out) {
    out.text("null");
    return true;
}
bool equals_Null(const Value&, const Value&, Cursor&, EqualityDriver&) { return true; }
RUFF_UNORDERED(Null)
bool hash_Null(const Value&, Cursor& at, HashDriver&) {
    at.state = 0x4cf5ad43;
    return true;
}
RUFF_KEYS_BY_CONTENT(Null)
Sendable sendable_Null() { return Sendable::Immediate; }

bool truthy_Bool(const Value& value) { return value.as_bool(); }
bool display_Bool(const Value& value, Cursor&, DisplayDriver& out) {
    out.text(value.as_bool() ? "true" : "false");
    return true;
}
bool equals_Bool(const Value& a, const Value& b, Cursor&, EqualityDriver& driver) {
    return a.as_bool() == b.as_bool() ? true : driver.unequal();
}
RUFF_UNORDERED(Bool)
bool hash_Bool(const Value& key, Cursor& at, HashDriver&) {
    at.state = key.as_bool() ? 0x2745937f : 0x38b34ae5;
    return true;
}
RUFF_KEYS_BY_CONTENT(Bool)
Sendable sendable_Bool() { return Sendable::Immediate; }

bool truthy_Int(const Value& value) { return value.as_int() != 0; }
bool display_Int(const Value& value, Cursor&, DisplayDriver& out) {
    append_int(out.out, value.as_int());
    return true;
}
bool equals_Int(const Value& a, const Value& b, Cursor&, EqualityDriver& driver) {
    return numbers_equal(a, b) ? true : driver.unequal();
}
bool order_Int(const Value& a, const Value& b, Cursor&, OrderDriver& driver) { return driver.decide(compare_numbers(a, b)); }
bool hash_Int(const Value& key, Cursor& at, HashDriver&) {
    at.state = hash_word(key.bits());
    return true;
}
RUFF_KEYS_BY_CONTENT(Int)
Sendable sendable_Int() { return Sendable::Immediate; }

bool truthy_Float(const Value& value) { return value.as_float() != 0; }
bool display_Float(const Value& value, Cursor&, DisplayDriver& out) {
    append_float(out.out, value.as_float(), out.style == DisplayStyle::Represent);
    return true;
}
bool equals_Float(const Value& a, const Value& b, Cursor&, EqualityDriver& driver) {
    return numbers_equal(a, b) ? true : driver.unequal();
}
bool order_Float(const Value& a, const Value& b, Cursor&, OrderDriver& driver) { return driver.decide(compare_numbers(a, b)); }
bool hash_Float(const Value& key, Cursor& at, HashDriver&) {
    // A whole float is the same key as its int; -0.0 is 0.
    const double number = key.as_float();
    const bool is_whole = number >= -0x1p63 && number < 0x1p63 && std::trunc(number) == number;
    at.state = hash_word(is_whole ? static_cast<std::uint64_t>(static_cast<std::int64_t>(number)) : key.bits());
    return true;
}
std::string_view key_refusal_Float(const Value& value) { return std::isnan(value.as_float()) ? "NaN" : std::string_view(); }
Sendable sendable_Float() { return Sendable::Immediate; }

}  // namespace hooks
}  // namespace ruff::vm
