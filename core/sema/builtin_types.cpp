#include "core/sema/builtin_types.h"

#include <cctype>

namespace ruff::sema {
namespace {

constexpr std::string_view kBlanks = " ";

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// The length of the part of `text` before the first `stop` outside of brackets.
std::size_t length_until(std::string_view text, char stop) {
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == stop && depth == 0) return i;
        if (c == '(' || c == '<') ++depth;
        if (c == ')' || (c == '>' && i > 0 && text[i - 1] != '-')) --depth;
    }
    return text.size();
}

/// Calls `visit` with each part of `text` between separators outside of brackets.
template <class Visit>
void for_each_part(std::string_view text, char separator, Visit&& visit) {
    while (!text.empty()) {
        const std::size_t end = length_until(text, separator);
        visit(trimmed(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

/// One alternative of a type: a word and what its brackets hold.
struct Alternative {
    std::string_view word, arguments, result;  // result: of a `func`, behind the arrow
    bool is_optional = false;
};

Alternative read_alternative(std::string_view text) {
    Alternative read;
    // The `?` of `func(T) -> U?` belongs to U.
    while (text.ends_with('?') && !text.starts_with("func(")) read.is_optional = true, text.remove_suffix(1);
    const std::size_t open = std::min(text.find_first_of("<("), text.size());
    read.word = text.substr(0, open);
    if (open == text.size()) return read;
    const std::string_view rest = text.substr(open + 1);
    const std::size_t close = length_until(rest, text[open] == '<' ? '>' : ')');
    read.arguments = rest.substr(0, close);
    const std::size_t arrow = rest.find("->", close);
    if (read.word == "func" && arrow != std::string_view::npos) read.result = trimmed(rest.substr(arrow + 2));
    return read;
}

bool is_letter(std::string_view word) { return word.size() == 1 && word[0] >= 'A' && word[0] <= 'Z'; }

KindMask kinds_of_word(std::string_view word) {
    constexpr std::pair<std::string_view, ValueKind> kNames[] = {
        {"Promise", ValueKind::Promise}, {"Task", ValueKind::TaskHandle},   {"Channel", ValueKind::Channel},
        {"Result", ValueKind::Result},   {"Option", ValueKind::Option},     {"Generator", ValueKind::Generator},
        {"func", ValueKind::Function},
    };
    if (word == "number") return kNumberKinds;
    if (word == "never") return 0;
    for (const auto& [name, kind] : kNames) {
        if (name == word) return kind_bit(kind);
    }
    for (int kind = 0; kind < kValueKindCount; ++kind) {
        if (value_kind_name(static_cast<ValueKind>(kind)) == word) return kind_bit(static_cast<ValueKind>(kind)) & kAllKinds;
    }
    return kAllKinds;  // `any`, `iterable`
}

class Reader {
public:
    Reader(TypeTable& table, const TypeLetters& letters) : table_(table), letters_(letters) {}

    /// type = alternative { "|" alternative }
    Type read(std::string_view text) {
        Type type = Type::Never;
        for_each_part(text, '|', [&](std::string_view part) { type = table_.join(type, read_one(part)); });
        return type;
    }

private:
    Type read_one(std::string_view text) {
        const Alternative part = read_alternative(text);
        const Type type = is_letter(part.word) ? letter(part.word[0]) : read_word(part);
        return part.is_optional ? table_.optional(type) : type;
    }

    Type letter(char name) {
        const Type type = letters_.types[static_cast<std::size_t>(name - 'A')];
        return type == Type::Never ? Type::Any : type;
    }

    Type read_word(const Alternative& part) {
        TypeData data{kinds_of_word(part.word)};
        if (data.kinds == kAllKinds || part.word == "func") return table_.make({data.kinds});
        Type arguments[2] = {Type::Any, Type::Any};
        std::size_t count = 0;
        for_each_part(part.arguments, ',', [&](std::string_view argument) {
            if (count < 2) arguments[count++] = read(argument);
        });
        data.element = arguments[0];
        if (part.word == "dict") data.key = arguments[0], data.element = arguments[1];
        if (part.word == "Result") data.key = arguments[1];
        return table_.make(data);
    }

    TypeTable& table_;
    const TypeLetters& letters_;
};

/// Finds the letters of a parameter's type in the type of its argument.
class Matcher {
public:
    Matcher(TypeTable& table, TypeLetters& letters) : table_(table), letters_(letters) {}

    void match(std::string_view text, Type argument) {
        const ValueKind kind = table_.single_kind(argument);
        for_each_part(text, '|', [&](std::string_view part) { match_one(read_alternative(part), argument, kind); });
    }

private:
    void match_one(const Alternative& part, Type argument, ValueKind kind) {
        if (is_letter(part.word)) {
            Type& letter = letters_.types[static_cast<std::size_t>(part.word[0] - 'A')];
            letter = table_.join(letter, argument);
            return;
        }
        const TypeData data = table_.data(argument);
        if (part.word == "iterable") return match(part.arguments, iterated(table_, argument));
        if (part.word == "func") {
            if (kind == ValueKind::Function && !part.result.empty()) match(part.result, data.element);
            else if (!part.result.empty()) match(part.result, Type::Any);
            return;
        }
        const bool fits = kind != ValueKind::Unset && (kinds_of_word(part.word) & kind_bit(kind)) != 0;
        std::size_t count = 0;
        for_each_part(part.arguments, ',', [&](std::string_view inner) {
            const bool is_key = (part.word == "dict" && count == 0) || (part.word == "Result" && count == 1);
            if (fits) match(inner, is_key ? data.key : data.element);
            else if (argument == Type::Any || kind == ValueKind::Unset) match(inner, Type::Any);
            ++count;
        });
    }

    TypeTable& table_;
    TypeLetters& letters_;
};

}  // namespace

bool has_letters(const BuiltinRow& row) {
    static const std::vector<bool> known = [] {
        std::vector<bool> rows;
        const auto is_letter_at = [](std::string_view text, std::size_t at) {
            const auto is_word = [&](std::size_t i) { return i < text.size() && std::isalnum(static_cast<unsigned char>(text[i])) != 0; };
            return text[at] >= 'A' && text[at] <= 'Z' && !is_word(at + 1) && (at == 0 || !is_word(at - 1));
        };
        for (const BuiltinRow& each : all_builtins()) {
            bool found = false;
            for (std::size_t i = 0; i < each.signature.size(); ++i) found = found || is_letter_at(each.signature, i);
            rows.push_back(found);
        }
        return rows;
    }();
    return known[static_cast<std::size_t>(row.id)];
}

void match_parameter(TypeTable& table, const BuiltinRow& row, std::size_t index, Type argument, TypeLetters& letters) {
    if (row.parameters.empty() || !has_letters(row)) return;
    const BuiltinParameter& parameter = row.parameters[std::min(index, row.parameters.size() - 1)];
    if (index >= row.parameters.size() && !parameter.is_rest) return;
    Matcher(table, letters).match(parameter.type, argument);
}

Type builtin_result(TypeTable& table, const BuiltinRow& row, const TypeLetters& letters) {
    return Reader(table, letters).read(row.result_type);
}

std::vector<Type> callback_types(TypeTable& table, std::string_view parameter, const TypeLetters& letters) {
    std::vector<Type> types;
    const Alternative callback = read_alternative(trimmed(parameter.substr(0, length_until(parameter, '|'))));
    if (callback.word != "func") return types;
    for_each_part(callback.arguments, ',', [&](std::string_view each) {
        const bool is_undecided = is_letter(each) && callback.result.find(each) != std::string_view::npos;
        types.push_back(is_undecided ? Type::Any : Reader(table, letters).read(each));
    });
    return types;
}

Type iterated(TypeTable& table, Type type) {
    const TypeData data = table.data(type);
    switch (table.single_kind(type)) {
        case ValueKind::Array:
        case ValueKind::Set:
        case ValueKind::Generator:
        case ValueKind::Channel: return data.element;
        case ValueKind::Dict: return data.key;
        case ValueKind::Int:
        case ValueKind::Range:
        case ValueKind::Bytes: return table.of_kind(ValueKind::Int);
        case ValueKind::String: return table.of_kind(ValueKind::String);
        default: return data.kinds == 0 ? Type::Never : Type::Any;
    }
}

}  // namespace ruff::sema
