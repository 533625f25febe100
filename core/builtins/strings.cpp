// Bodies of the family `string`. Positions are code points; searching works on bytes, which UTF-8 allows.
#include <algorithm>
#include <string>

#include "core/builtins/bodies.h"
#include "core/builtins/elements.h"
#include "core/builtins/format_template.h"
#include "core/builtins/text_case.h"
#include "core/builtins/text_escapes.h"
#include "core/builtins/text_layout.h"
#include "core/builtins/unicode_text.h"
#include "core/support/utf8.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::builtins {
namespace {

using vm::Call;
using vm::ErrorKind;
using vm::Outcome;
using vm::StringObject;
using vm::Value;

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t kMaxStringSize = vm::kMaxStringSize;

// ---- Trimming ---------------------------------------------------------------------------------------------

// Whether a character is to be taken off: a blank, or one of argument 1.
class TrimSet {
  public:
    TrimSet() = default;
    explicit TrimSet(Call& call) : has_characters_(!call.is_null(1)) {
        if (has_characters_) characters_ = call.text(1);
    }
    [[nodiscard]] bool holds(std::string_view character, char32_t code_point) const {
        return has_characters_ ? characters_.find(character) != npos : is_blank(code_point);
    }

  private:
    bool has_characters_ = false;
    std::string_view characters_;
};

std::string_view trimmed_start(std::string_view text, const TrimSet& set) {
    while (!text.empty()) {
        utf8::Decoded first = utf8::decode(text, 0);
        if (!set.holds(text.substr(0, first.size), first.code_point)) break;
        text.remove_prefix(first.size);
    }
    return text;
}

std::string_view trimmed_end(std::string_view text, const TrimSet& set) {
    while (!text.empty()) {
        std::size_t start = text.size() - 1;
        while (start > 0 && utf8::is_continuation(text[start])) --start;
        if (!set.holds(text.substr(start), utf8::decode(text, start).code_point)) break;
        text = text.substr(0, start);
    }
    return text;
}

// The result is argument 0 itself when nothing was taken off.
Outcome done_part(Call& call, std::string_view part) {
    return part.size() == call.text(0).size() ? call.done(call[0]) : call.done_text(part);
}

// ---- Splitting --------------------------------------------------------------------------------------------

// Cuts the next run of characters that are no blanks off `rest`; empty at the end.
std::string_view take_word(std::string_view& rest) {
    std::size_t start = 0;
    while (start < rest.size()) {
        utf8::Decoded at = utf8::decode(rest, start);
        if (!is_blank(at.code_point)) break;
        start += at.size;
    }
    rest.remove_prefix(start);
    std::size_t end = 0;
    while (end < rest.size()) {
        utf8::Decoded at = utf8::decode(rest, end);
        if (is_blank(at.code_point)) break;
        end += at.size;
    }
    std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end);
    return word;
}

Outcome split_at_blanks(Call& call, std::uint64_t limit) {
    ArrayBuilder parts;
    std::string_view rest = call.text(0);
    for (std::string_view word = take_word(rest); !word.empty(); word = take_word(rest)) {
        if (parts.size() + 1 == limit) {
            std::string_view remainder(word.data(), word.size() + rest.size());
            parts.push_text(trimmed_end(remainder, TrimSet()));
            break;
        }
        parts.push_text(word);
    }
    return parts.done(call);
}

Outcome split_at(Call& call, std::string_view separator, std::uint64_t limit) {
    ArrayBuilder parts;
    std::string_view rest = call.text(0);
    while (parts.size() + 1 < limit) {
        std::size_t end = rest.find(separator);
        if (end == npos) break;
        parts.push_text(rest.substr(0, end));
        rest.remove_prefix(end + separator.size());
    }
    parts.push_text(rest);
    return parts.done(call);
}

// A `limit` argument: null is none. False: raised.
bool read_limit(Call& call, std::uint32_t argument, std::int64_t least, std::uint64_t& limit) {
    limit = UINT64_MAX;
    if (call.is_null(argument)) return true;
    if (call.integer(argument) < least) {
        raise_value_error(call, "the limit must be at least " + std::to_string(least) + ", got " +
                                    std::to_string(call.integer(argument)));
        return false;
    }
    limit = static_cast<std::uint64_t>(call.integer(argument));
    return true;
}

// ---- Sizes ------------------------------------------------------------------------------------------------

// A width argument as a size. False: raised.
bool read_width(Call& call, std::uint32_t argument, std::size_t& width) {
    std::int64_t value = call.integer(argument);
    if (value > static_cast<std::int64_t>(kMaxStringSize)) {
        raise_value_error(call, "a width of " + std::to_string(value) + " is too large");
        return false;
    }
    width = static_cast<std::size_t>(std::max<std::int64_t>(value, 0));
    return true;
}

Outcome done_padded(Call& call, char align) {
    std::size_t width = 0;
    if (!read_width(call, 1, width)) return Outcome::Raised;
    if (call.text(2).empty()) return raise_value_error(call, "the text to fill up with is empty");
    std::size_t widest = call.text(2).size() == utf8::count_code_points(call.text(2)) ? 1 : 4;
    if (width > (kMaxStringSize - call.text(0).size()) / widest) {
        return call.vm.raise_out_of_memory(call.row.name);
    }
    return call.done_text(pad_text(call.text(0), width, call.text(2), align));
}

// ---- format -----------------------------------------------------------------------------------------------

// The values of a `format` call: all arguments behind the template.
class FormatValues {
  public:
    explicit FormatValues(Call& call) : call_(call) {}

    // The value that a field means, or null pointer after raising.
    const Value* find(const FormatPiece& piece) {
        switch (piece.kind) {
            case FormatPiece::Kind::Next: return at(next_++);
            case FormatPiece::Kind::Position: return at(piece.position);
            case FormatPiece::Kind::Name: return named(piece.text);
            case FormatPiece::Kind::Literal: break;
        }
        return nullptr;
    }

  private:
    const Value* at(std::size_t index) {
        if (index + 1 < call_.count) return &call_[static_cast<std::uint32_t>(index + 1)];
        raise_value_error(call_, "the template asks for value " + std::to_string(index) + ", but there are " +
                                     std::to_string(call_.count - 1));
        return nullptr;
    }

    const Value* named(const std::string& name) {
        for (std::uint32_t i = call_.count; i-- > 1;) {
            const Value& value = call_[i];
            if (value.is(ValueKind::Struct)) {
                if (const Value* found = field_named(*value.as_struct(), name)) return found;
            } else if (value.is_dict()) {
                if (const Value* found = vm::dict_find(value.as_dict(), name)) return found;
            }
        }
        raise_value_error(call_, "no dict or struct among the values has `" + name + "`");
        return nullptr;
    }

    static const Value* field_named(const vm::StructObject& object, const std::string& name) {
        for (std::size_t i = 0; i < object.info->field_names.size(); ++i) {
            if (object.info->field_names[i]->view() == name) return &object.fields()[i];
        }
        return nullptr;
    }

    Call& call_;
    std::size_t next_ = 0;
};

Result<std::string> format_value(Call& call, const Value& value, const FormatSpec& spec, bool& is_raised) {
    if (value.is_int()) return format_integer(value.as_int(), spec);
    if (value.is_float()) {
        vm::StringBuilder shortest;
        vm::append_float(shortest, value.as_float(), false);
        return format_float(value.as_float(), shortest.view(), spec);
    }
    std::string text;
    is_raised = !append_display(call, value, text);
    return format_text(text, spec);
}

}  // namespace

namespace bodies {

// ---- Case and classes -------------------------------------------------------------------------------------

Outcome to_upper(Call& call) { return call.done_text(builtins::to_upper(call.text(0))); }
Outcome to_lower(Call& call) { return call.done_text(builtins::to_lower(call.text(0))); }
Outcome capitalize(Call& call) { return call.done_text(builtins::capitalize(call.text(0))); }
Outcome title(Call& call) { return call.done_text(title_case(call.text(0))); }
Outcome to_snake_case(Call& call) { return call.done_text(builtins::to_snake_case(call.text(0))); }
Outcome to_camel_case(Call& call) { return call.done_text(builtins::to_camel_case(call.text(0))); }
Outcome to_kebab_case(Call& call) { return call.done_text(builtins::to_kebab_case(call.text(0))); }
Outcome slugify(Call& call) { return call.done_text(builtins::slugify(call.text(0))); }

Outcome is_digit(Call& call) { return call.done(Value::boolean(is_all_digits(call.text(0)))); }
Outcome is_alpha(Call& call) { return call.done(Value::boolean(is_all_letters(call.text(0)))); }
Outcome is_alnum(Call& call) { return call.done(Value::boolean(is_all_letters_and_digits(call.text(0)))); }
Outcome is_space(Call& call) { return call.done(Value::boolean(is_all_blank(call.text(0)))); }
Outcome is_upper(Call& call) { return call.done(Value::boolean(is_all_upper(call.text(0)))); }
Outcome is_lower(Call& call) { return call.done(Value::boolean(is_all_lower(call.text(0)))); }

Outcome normalize(Call& call) {
    std::optional<std::string> text = builtins::normalize(call.text(0), call.text(1));
    if (!text)
        return raise_value_error(
            call, "the form must be NFC, NFD, NFKC or NFKD, got " + vm::display_for_message(call[1]));
    return call.done_text(*text);
}

// ---- Trimming, splitting, joining -------------------------------------------------------------------------

Outcome trim(Call& call) {
    TrimSet set(call);
    return done_part(call, trimmed_end(trimmed_start(call.text(0), set), set));
}

Outcome trim_start(Call& call) { return done_part(call, trimmed_start(call.text(0), TrimSet(call))); }
Outcome trim_end(Call& call) { return done_part(call, trimmed_end(call.text(0), TrimSet(call))); }

Outcome split(Call& call) {
    std::uint64_t limit = 0;
    if (!read_limit(call, 2, 1, limit)) return Outcome::Raised;
    if (call.is_null(1)) return split_at_blanks(call, limit);
    if (call.text(1).empty()) {
        return call.raise(ErrorKind::Value, "split: the separator is empty", "`chars` gives the characters");
    }
    return split_at(call, call.text(1), limit);
}

Outcome lines(Call& call) {
    ArrayBuilder found;
    std::string_view rest = call.text(0);
    while (!rest.empty()) {
        std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        if (end < rest.size() && line.ends_with('\r')) line.remove_suffix(1);
        found.push_text(line);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return found.done(call);
}

Outcome words(Call& call) { return split_at_blanks(call, UINT64_MAX); }

Outcome chars(Call& call) {
    ElementCursor cursor(call[0]);
    ArrayBuilder characters(cursor.size_hint());
    for (Value character; !characters.is_refused() && cursor.next(character);) characters.push(std::move(character));
    return characters.done(call);
}

Outcome join(Call& call) {
    ElementCursor cursor(call[0]);
    if (!cursor.has_room_for_each(1)) return done_or_out_of_memory(call, Value());
    const Value separator = call[1];
    std::string_view between = separator.as_string()->view();
    vm::StringBuilder text(std::min<std::size_t>(cursor.size_hint() * (8 + between.size()), 1u << 20));
    bool is_first = true;
    for (Value element; !text.has_failed() && cursor.next(element); is_first = false) {
        if (!is_first) text.append(between);
        if (element.is_string()) {
            text.append(element.as_string()->view());
        } else if (!vm::display(call.vm, element, text)) {
            return Outcome::Raised;
        }
    }
    return done_or_out_of_memory(call, text.take());
}

// ---- Searching --------------------------------------------------------------------------------------------

Outcome string_contains(Call& call) {
    return call.done(Value::boolean(call.text(0).find(call.text(1)) != npos));
}
Outcome starts_with(Call& call) { return call.done(Value::boolean(call.text(0).starts_with(call.text(1)))); }
Outcome ends_with(Call& call) { return call.done(Value::boolean(call.text(0).ends_with(call.text(1)))); }

Outcome string_index_of(Call& call) {
    StringObject* text = call[0].as_string();
    auto length = static_cast<std::int64_t>(vm::string_length(text));
    std::int64_t from =
        call.integer(2) < 0 ? std::max<std::int64_t>(call.integer(2) + length, 0) : call.integer(2);
    if (from > length) return call.done(Value());
    std::size_t found =
        text->view().find(call.text(1), vm::byte_offset(text, static_cast<std::uint32_t>(from)));
    if (found == npos) return call.done(Value());
    return call.done(Value::integer(vm::code_point_index(text, static_cast<std::uint32_t>(found))));
}

Outcome string_last_index_of(Call& call) {
    StringObject* text = call[0].as_string();
    std::size_t found = text->view().rfind(call.text(1));
    if (found == npos) return call.done(Value());
    return call.done(Value::integer(vm::code_point_index(text, static_cast<std::uint32_t>(found))));
}

Outcome string_count(Call& call) {
    std::string_view text = call.text(0), part = call.text(1);
    if (part.empty()) return raise_value_error(call, "the text to count is empty");
    std::int64_t count = 0;
    for (std::size_t at = text.find(part); at != npos; at = text.find(part, at + part.size())) ++count;
    return call.done(Value::integer(count));
}

Outcome replace(Call& call) {
    std::uint64_t limit = 0;
    if (!read_limit(call, 3, 0, limit)) return Outcome::Raised;
    std::string_view text = call.text(0), from = call.text(1), to = call.text(2);
    if (from.empty()) return raise_value_error(call, "the text to replace is empty");
    std::size_t at = limit == 0 ? npos : text.find(from);
    if (at == npos) return call.done(call[0]);
    vm::StringBuilder out(text.size() + to.size());
    std::size_t start = 0;
    for (std::uint64_t count = 0; at != npos && count < limit; ++count) {
        out.append(text.substr(start, at - start));
        out.append(to);
        start = at + from.size();
        at = text.find(from, start);
    }
    out.append(text.substr(start));
    return done_or_out_of_memory(call, out.take());
}

// ---- Parts ------------------------------------------------------------------------------------------------

Outcome string_slice(Call& call) {
    StringObject* text = call[0].as_string();
    Bounds bounds = slice_bounds(call, 1, 2, vm::string_length(text));
    return done_or_out_of_memory(call, vm::string_slice(text, static_cast<std::uint32_t>(bounds.begin),
                                                        static_cast<std::uint32_t>(bounds.end)));
}

Outcome substring(Call& call) { return string_slice(call); }

Outcome char_at(Call& call) {
    StringObject* text = call[0].as_string();
    auto length = static_cast<std::int64_t>(vm::string_length(text));
    std::int64_t index = call.integer(1) < 0 ? call.integer(1) + length : call.integer(1);
    if (index < 0 || index >= length) return call.done(Value());
    return call.done(vm::string_at(text, static_cast<std::uint32_t>(index)));
}

Outcome is_empty(Call& call) {
    const Value& value = call[0];
    switch (value.kind()) {
        case ValueKind::Array: return call.done(Value::boolean(value.as_array()->size == 0));
        case ValueKind::Dict:
        case ValueKind::Set: return call.done(Value::boolean(value.as_dict()->count == 0));
        case ValueKind::Range:
            return call.done(Value::boolean(vm::range_length(*value.as<vm::RangeObject>()) == 0));
        default: return call.done(Value::boolean(value.as_string()->size == 0));
    }
}

Outcome repeat(Call& call) {
    std::string_view text = call.text(0);
    auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(call.integer(1), 0));
    if (!text.empty() && count > kMaxStringSize / text.size()) return call.vm.raise_out_of_memory("repeat");
    vm::StringBuilder out(text.size() * count);
    for (std::uint64_t i = 0; i < count && !text.empty(); ++i) out.append(text);
    return done_or_out_of_memory(call, out.take());
}

Outcome string_reverse(Call& call) {
    std::string_view text = call.text(0);
    std::string out;
    out.reserve(text.size());
    for (std::size_t end = text.size(); end > 0;) {
        std::size_t start = end - 1;
        while (start > 0 && utf8::is_continuation(text[start])) --start;
        out += text.substr(start, end - start);
        end = start;
    }
    return call.done_text(out);
}

Outcome pad_start(Call& call) { return done_padded(call, '>'); }
Outcome pad_end(Call& call) { return done_padded(call, '<'); }
Outcome center(Call& call) { return done_padded(call, '^'); }

Outcome truncate(Call& call) {
    StringObject* text = call[0].as_string();
    std::size_t width = 0;
    if (!read_width(call, 1, width)) return Outcome::Raised;
    if (vm::string_length(text) <= width) return call.done(call[0]);
    std::size_t suffix_length = utf8::count_code_points(call.text(2));
    if (suffix_length > width) return raise_value_error(call, "the suffix is longer than the width");
    auto kept = static_cast<std::uint32_t>(width - suffix_length);
    return call.done_text(std::string(text->view().substr(0, vm::byte_offset(text, kept))) +
                          std::string(call.text(2)));
}

// ---- Layout and escapes -----------------------------------------------------------------------------------

Outcome dedent(Call& call) { return call.done_text(builtins::dedent(call.text(0))); }

Outcome wrap(Call& call) {
    std::size_t width = 0;
    if (!read_width(call, 1, width)) return Outcome::Raised;
    if (width == 0) return raise_value_error(call, "the width must be at least 1");
    return call.done_text(builtins::wrap(call.text(0), width));
}

Outcome url_encode(Call& call) { return call.done_text(builtins::url_encode(call.text(0))); }

Outcome url_decode(Call& call) {
    std::size_t bad = 0;
    std::optional<std::string> text = builtins::url_decode(call.text(0), bad);
    if (!text)
        return raise_value_error(call, "`%` without two hexadecimal digits at byte " + std::to_string(bad));
    bad = vm::find_invalid_utf8(*text);
    if (bad != npos)
        return raise_value_error(call, "the decoded text is not UTF-8 at byte " + std::to_string(bad));
    return call.done_text(*text);
}

Outcome html_escape(Call& call) { return call.done_text(builtins::html_escape(call.text(0))); }
Outcome html_unescape(Call& call) { return call.done_text(builtins::html_unescape(call.text(0))); }

Outcome format(Call& call) {
    Result<std::vector<FormatPiece>> pieces = parse_format_template(call.text(0));
    if (!pieces) return raise_value_error(call, pieces.error().message);
    FormatValues values(call);
    std::string out;
    for (const FormatPiece& piece : *pieces) {
        if (piece.kind == FormatPiece::Kind::Literal) {
            out += piece.text;
            continue;
        }
        const Value* found = values.find(piece);
        if (found == nullptr) return Outcome::Raised;
        const Value value = *found;
        bool is_raised = false;
        Result<std::string> text = format_value(call, value, piece.spec, is_raised);
        if (is_raised) return Outcome::Raised;
        if (!text) return raise_value_error(call, text.error().message);
        out += *text;
    }
    return call.done_text(out);
}

}  // namespace bodies
}  // namespace ruff::builtins
