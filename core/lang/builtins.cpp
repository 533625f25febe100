#include "core/lang/builtins.h"

#include <algorithm>
#include <array>
#include <charconv>

// How the table becomes static data. Each row's signature is parsed by the compiler (a mistake in one does
// not build), its parameters are gathered in one pool, and a hash table of names is filled, all before the
// program exists. Rows of one name form a chain in table order.
namespace ruff {
namespace {

// ---- Signatures -------------------------------------------------------------------------------------------

constexpr int kMaxParameters = 8;

struct ParsedSignature {
    std::string_view name;
    std::array<BuiltinParameter, kMaxParameters> parameters;
    int parameter_count = 0;
    std::string_view result_type;
    std::string_view constant_text;
};

// Calling one of these while compiling is an error, whose trace names the row.
void signature_lacks_open_parenthesis() {}
void signature_lacks_arrow() {}
void signature_has_too_many_parameters() {}
void signature_has_unknown_type() {}
void signature_has_bad_default() {}
void signature_default_before_required() {}

constexpr bool is_space(char c) { return c == ' '; }

constexpr std::string_view trim(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

// The length of the part of `text` before the first `stop` outside brackets and strings.
constexpr std::size_t length_until(std::string_view text, char stop) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (in_string) {
            in_string = c != '"';
            continue;
        }
        if (c == stop && depth == 0) return i;
        if (c == '"') in_string = true;
        if (c == '(' || c == '<' || c == '[') ++depth;
        if (c == ')' || c == ']' || (c == '>' && i > 0 && text[i - 1] != '-')) --depth;
    }
    return text.size();
}

constexpr KindMask kAnyMask = ((KindMask{1} << kValueKindCount) - 1) & ~kind_bit(ValueKind::Unset) &
                              ~kind_bit(ValueKind::Held) & ~kind_bit(ValueKind::Unsent) &
                              ~kind_bit(ValueKind::Cell);

constexpr KindMask kIterableMask =
    kind_bit(ValueKind::Int) | kind_bit(ValueKind::String) | kind_bit(ValueKind::Bytes) |
    kind_bit(ValueKind::Array) | kind_bit(ValueKind::Dict) | kind_bit(ValueKind::Set) |
    kind_bit(ValueKind::Range) | kind_bit(ValueKind::Generator) | kind_bit(ValueKind::Channel) |
    kind_bit(ValueKind::File) | kind_bit(ValueKind::Struct);

struct NamedType {
    std::string_view name;
    KindMask kinds;
};

// The spellings of types that are not simply the name of a kind.
constexpr NamedType kNamedTypes[] = {
    {"any", kAnyMask},
    {"number", kind_bit(ValueKind::Int) | kind_bit(ValueKind::Float)},
    {"iterable", kIterableMask},
    {"func", kind_bit(ValueKind::Function)},
    {"Promise", kind_bit(ValueKind::Promise) | kind_bit(ValueKind::TaskHandle)},
    {"Task", kind_bit(ValueKind::TaskHandle)},
    {"Channel", kind_bit(ValueKind::Channel)},
    {"Result", kind_bit(ValueKind::Result)},
    {"Option", kind_bit(ValueKind::Option)},
    {"Generator", kind_bit(ValueKind::Generator)},
};

// tprim of the type grammar without its brackets: a word.
constexpr KindMask kinds_of_word(std::string_view word) {
    if (word.size() == 1 && word[0] >= 'A' && word[0] <= 'Z') return kAnyMask;
    for (const NamedType& type : kNamedTypes) {
        if (type.name == word) return type.kinds;
    }
    for (int kind = 2; kind < kValueKindCount; ++kind) {
        if (value_kind_name(static_cast<ValueKind>(kind)) == word)
            return kind_bit(static_cast<ValueKind>(kind));
    }
    signature_has_unknown_type();
    return 0;
}

// tprim ::= WORD ['<' … '>'] | 'func' '(' … ')' ['->' type]   then any number of '?'
constexpr KindMask kinds_of_alternative(std::string_view text) {
    KindMask kinds = 0;
    while (!text.empty() && text.back() == '?') {
        kinds |= kind_bit(ValueKind::Null);
        text.remove_suffix(1);
    }
    std::size_t word_end = 0;
    while (word_end < text.size() && text[word_end] != '<' && text[word_end] != '(') ++word_end;
    return kinds | kinds_of_word(text.substr(0, word_end));
}

// type ::= tprim {'|' tprim}
constexpr KindMask kinds_of_type(std::string_view text) {
    KindMask kinds = 0;
    while (!text.empty()) {
        std::size_t end = length_until(text, '|');
        kinds |= kinds_of_alternative(trim(text.substr(0, end)));
        text.remove_prefix(end < text.size() ? end + 1 : end);
    }
    return kinds;
}

constexpr void parse_default(std::string_view literal, BuiltinParameter& parameter) {
    parameter.default_text = literal;
    if (literal == "null") {
        parameter.default_kind = DefaultKind::Null;
    } else if (literal == "true" || literal == "false") {
        parameter.default_kind = DefaultKind::Bool;
    } else if (literal.size() >= 2 && literal.front() == '"' && literal.back() == '"') {
        parameter.default_kind = DefaultKind::String;
        parameter.default_text = literal.substr(1, literal.size() - 2);
    } else if (!literal.empty() &&
               (literal.front() == '-' || (literal.front() >= '0' && literal.front() <= '9'))) {
        bool is_float = literal.find_first_of(".e") != std::string_view::npos;
        parameter.default_kind = is_float ? DefaultKind::Float : DefaultKind::Int;
    } else {
        signature_has_bad_default();
    }
}

// parameter ::= ['mut'] NAME ':' type ['=' literal] | '...' NAME ':' type
constexpr BuiltinParameter parse_parameter(std::string_view text) {
    BuiltinParameter parameter;
    if (text.starts_with("...")) {
        parameter.is_rest = true;
        text.remove_prefix(3);
    }
    if (text.starts_with("mut ")) {
        parameter.is_mutable = true;
        text.remove_prefix(4);
    }
    std::size_t colon = length_until(text, ':');
    std::size_t equals = length_until(text, '=');
    parameter.name = trim(text.substr(0, colon));
    parameter.type = trim(text.substr(colon + 1, equals - colon - 1));
    parameter.kinds = kinds_of_type(parameter.type);
    parameter.is_iterable = parameter.type.starts_with("iterable");
    if (equals < text.size()) parse_default(trim(text.substr(equals + 1)), parameter);
    return parameter;
}

// signature ::= NAME '(' [parameter {',' parameter}] ')' '->' type | NAME ':' type '=' literal
constexpr ParsedSignature parse_signature(std::string_view text) {
    ParsedSignature parsed;
    std::size_t open = text.find_first_of("(:");
    if (open == std::string_view::npos) signature_lacks_open_parenthesis();
    parsed.name = text.substr(0, open);
    if (text[open] == ':') {
        std::size_t equals = text.find('=');
        if (equals == std::string_view::npos) signature_has_bad_default();
        parsed.result_type = trim(text.substr(open + 1, equals - open - 1));
        parsed.constant_text = trim(text.substr(equals + 1));
        return parsed;
    }
    text.remove_prefix(open + 1);
    while (text.front() != ')') {
        std::size_t close = length_until(text, ')');
        std::size_t end = length_until(text.substr(0, close), ',');
        if (parsed.parameter_count == kMaxParameters) signature_has_too_many_parameters();
        BuiltinParameter parameter = parse_parameter(trim(text.substr(0, end)));
        bool after_default =
            parsed.parameter_count > 0 && !parsed.parameters[parsed.parameter_count - 1].is_required();
        if (after_default && parameter.is_required()) signature_default_before_required();
        parsed.parameters[parsed.parameter_count++] = parameter;
        text.remove_prefix(end < close ? end + 1 : end);
    }
    text = trim(text.substr(1));
    if (!text.starts_with("->")) signature_lacks_arrow();
    parsed.result_type = trim(text.substr(2));
    return parsed;
}

// ---- Rows -------------------------------------------------------------------------------------------------

#define NATIVE(id, signature, ...) constexpr ParsedSignature parsed_##id = parse_signature(signature);
#define PRELUDE(id, signature, ...) constexpr ParsedSignature parsed_##id = parse_signature(signature);
#define CONSTANT(id, signature, ...) constexpr ParsedSignature parsed_##id = parse_signature(signature);
#define INTERNAL(id, signature, ...) constexpr ParsedSignature parsed_##id = parse_signature(signature);
#include "core/lang/builtins/families.def"
#include "core/lang/builtins/undef.inc"

constexpr const ParsedSignature* kParsed[] = {
#define NATIVE(id, ...) &parsed_##id,
#define PRELUDE(id, ...) &parsed_##id,
#define CONSTANT(id, ...) &parsed_##id,
#define INTERNAL(id, ...) &parsed_##id,
#include "core/lang/builtins/families.def"
#include "core/lang/builtins/undef.inc"
};

constexpr int kParameterCount = [] {
    int count = 0;
    for (const ParsedSignature* parsed : kParsed) count += parsed->parameter_count;
    return count;
}();

constexpr std::array<BuiltinParameter, kParameterCount> kParameters = [] {
    std::array<BuiltinParameter, kParameterCount> pool{};
    int next = 0;
    for (const ParsedSignature* parsed : kParsed) {
        for (int i = 0; i < parsed->parameter_count; ++i) pool[next++] = parsed->parameters[i];
    }
    return pool;
}();

// The row's place in `kParameters`.
constexpr std::array<int, kBuiltinCount> kFirstParameter = [] {
    std::array<int, kBuiltinCount> first{};
    int next = 0;
    for (int i = 0; i < kBuiltinCount; ++i) {
        first[i] = next;
        next += kParsed[i]->parameter_count;
    }
    return first;
}();

struct RowText {
    BuiltinFamily family;
    BuiltinForm form;
    BuiltinBody body;
    std::uint8_t effects;
    Capability capability;
    std::string_view body_name;
    std::string_view signature;
    std::string_view doc;
    std::string_view example;
};

// The family of a row is that of the FAMILY line above it.
constexpr BuiltinFamilyInfo kFamilies[] = {
#define FAMILY(id, title, doc) {BuiltinFamily::id, #id, title, doc},
#include "core/lang/builtins/families.def"
#include "core/lang/builtins/undef.inc"
};

constexpr std::array<RowText, kBuiltinCount> kRowTexts = [] {
    using namespace effects;
    using enum BuiltinForm;
    using enum Capability;
    std::array<RowText, kBuiltinCount> rows{};
    int next = 0;
    BuiltinFamily family{};
#define FAMILY(id, ...) family = BuiltinFamily::id;
#define ROW(id, signature, form, body, effects, capability, doc, example)                         \
    rows[next++] = {family,    form, body,   static_cast<std::uint8_t>(effects), capability, #id, \
                    signature, doc,  example};
#define NATIVE(id, signature, form, effects, capability, doc, example) \
    ROW(id, signature, form, BuiltinBody::Native, effects, capability, doc, example)
#define PRELUDE(id, signature, form, effects, capability, doc, example) \
    ROW(id, signature, form, BuiltinBody::Prelude, effects, capability, doc, example)
#define CONSTANT(id, signature, doc, example) \
    ROW(id, signature, BuiltinForm::Constant, BuiltinBody::Constant, Pure, None, doc, example)
#define INTERNAL(id, signature, effects, capability) \
    ROW(id, signature, BuiltinForm::Internal, BuiltinBody::Native, effects, capability, "", "")
#include "core/lang/builtins/families.def"
#include "core/lang/builtins/undef.inc"
#undef ROW
    return rows;
}();

constexpr BuiltinRow make_row(int index) {
    const ParsedSignature& parsed = *kParsed[index];
    const RowText& text = kRowTexts[index];
    int required = 0;
    bool has_iterable = false;
    for (int i = 0; i < parsed.parameter_count; ++i) {
        required += parsed.parameters[i].is_required() ? 1 : 0;
        has_iterable |= parsed.parameters[i].is_iterable;
    }
    bool has_rest = parsed.parameter_count > 0 && parsed.parameters[parsed.parameter_count - 1].is_rest;
    BuiltinRow row{};
    row.id = static_cast<BuiltinId>(index);
    row.family = text.family;
    row.form = text.form;
    row.body = text.body;
    row.effects = text.effects;
    row.capability = text.capability;
    row.has_rest = has_rest;
    row.walks_arguments =
        has_iterable && text.body == BuiltinBody::Native && text.form != BuiltinForm::MutatingMethod;
    row.required_count = static_cast<std::uint8_t>(required);
    row.positional_count = static_cast<std::uint8_t>(parsed.parameter_count - (has_rest ? 1 : 0));
    row.next_with_name = -1;
    row.body_name = text.body_name;
    row.name = parsed.name;
    row.signature = text.signature;
    row.parameters = {kParameters.data() + kFirstParameter[index],
                      static_cast<std::size_t>(parsed.parameter_count)};
    row.result_type = parsed.result_type;
    row.constant_text = parsed.constant_text;
    row.doc = text.doc;
    row.example = text.example;
    return row;
}

// ---- Names ------------------------------------------------------------------------------------------------

constexpr BuiltinAlias kAliases[] = {
#define ALIAS(name, main) {#name, #main},
#include "core/lang/builtins/families.def"
#include "core/lang/builtins/undef.inc"
};

constexpr std::string_view kMutatingOfPrelude[] = {
#define MUTATING_OF_PRELUDE(name) #name,
#include "core/lang/builtins/families.def"
#include "core/lang/builtins/undef.inc"
};

constexpr AbsentBuiltin kAbsent[] = {
#define ABSENT(name, replacement) {#name, replacement},
#include "core/lang/builtins/absent.inc"
#undef ABSENT
};

constexpr std::uint32_t hash_name(std::string_view name) {
    std::uint32_t hash = 2166136261u;  // FNV-1a
    for (char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash ^ (hash >> 15);
}

constexpr int kSlotCount = 2048;
static_assert(kBuiltinCount + std::size(kAliases) < kSlotCount / 2,
              "the table of names is too full: double it");

// Open addressing; a slot holds 0 (free), 1 + the first row of the name, or kAliasBit | the index of an
// alias. A name may stand twice, as a row and as an alias.
constexpr std::uint16_t kAliasBit = 0x8000;

struct NameTable {
    std::array<std::uint16_t, kSlotCount> slots{};
    std::array<std::int16_t, kBuiltinCount> next_with_name{};
};

constexpr NameTable kNames = [] {
    NameTable table;
    std::array<std::int16_t, kBuiltinCount> last_of_name{};
    for (int row = 0; row < kBuiltinCount; ++row) {
        table.next_with_name[row] = -1;
        std::string_view name = kParsed[row]->name;
        std::uint32_t slot = hash_name(name) % kSlotCount;
        while (table.slots[slot] != 0 && kParsed[table.slots[slot] - 1]->name != name)
            slot = (slot + 1) % kSlotCount;
        if (table.slots[slot] == 0) {
            table.slots[slot] = static_cast<std::uint16_t>(row + 1);
            last_of_name[row] = static_cast<std::int16_t>(row);
        } else {
            int first = table.slots[slot] - 1;
            table.next_with_name[last_of_name[first]] = static_cast<std::int16_t>(row);
            last_of_name[first] = static_cast<std::int16_t>(row);
        }
    }
    for (std::size_t alias = 0; alias < std::size(kAliases); ++alias) {
        std::uint32_t slot = hash_name(kAliases[alias].name) % kSlotCount;
        while (table.slots[slot] != 0) slot = (slot + 1) % kSlotCount;
        table.slots[slot] = static_cast<std::uint16_t>(kAliasBit | alias);
    }
    return table;
}();

constexpr std::array<BuiltinRow, kBuiltinCount> kRows = [] {
    std::array<BuiltinRow, kBuiltinCount> rows{};
    for (int i = 0; i < kBuiltinCount; ++i) {
        rows[i] = make_row(i);
        rows[i].next_with_name = kNames.next_with_name[i];
    }
    return rows;
}();

const BuiltinRow* first_row_named(std::string_view name) {
    for (std::uint32_t slot = hash_name(name) % kSlotCount; kNames.slots[slot] != 0;
         slot = (slot + 1) % kSlotCount) {
        std::uint16_t entry = kNames.slots[slot];
        if ((entry & kAliasBit) == 0 && kRows[entry - 1].name == name) return &kRows[entry - 1];
    }
    return nullptr;
}

const BuiltinRow* next_with_name(const BuiltinRow& row) {
    return row.next_with_name < 0 ? nullptr : &kRows[static_cast<std::size_t>(row.next_with_name)];
}

const BuiltinRow* next_function(const BuiltinRow* row) {
    while (row != nullptr && !row->is_function()) row = next_with_name(*row);
    return row;
}

const BuiltinRow* find_function(std::string_view name) {
    for (const BuiltinRow* row = first_row_named(name); row != nullptr; row = next_with_name(*row)) {
        if (row->is_function() || row->form == BuiltinForm::Constant) return row;
    }
    return nullptr;
}

const BuiltinRow* find_method(ValueKind receiver, std::string_view name) {
    const BuiltinRow* plain = nullptr;
    for (const BuiltinRow* row = first_row_named(name); row != nullptr; row = next_with_name(*row)) {
        if (!row->is_method() || !row->accepts_first(receiver)) continue;
        if (row->is_mutating()) return row;
        if (plain == nullptr) plain = row;
    }
    return plain;
}

double read_float(std::string_view text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

std::int64_t BuiltinParameter::default_int() const {
    std::int64_t value = 0;
    std::from_chars(default_text.data(), default_text.data() + default_text.size(), value);
    return value;
}

double BuiltinParameter::default_float() const { return read_float(default_text); }

std::string_view BuiltinRow::shown_name() const {
    if (form != BuiltinForm::Internal) return name;
    return name.substr(1, name.find("__", 1) - 1);
}

double BuiltinRow::constant_value() const { return read_float(constant_text); }

std::span<const BuiltinRow> all_builtins() { return kRows; }
std::span<const BuiltinFamilyInfo> all_builtin_families() { return kFamilies; }
std::span<const BuiltinAlias> all_builtin_aliases() { return kAliases; }

const BuiltinRow& builtin_row(BuiltinId id) { return kRows[static_cast<std::size_t>(id)]; }

const BuiltinRow* find_builtin(std::string_view name) {
    if (const BuiltinRow* row = find_function(name)) return row;
    const BuiltinAlias* alias = find_builtin_alias(name);
    return alias == nullptr ? nullptr : find_function(alias->main);
}

const BuiltinRow& select_builtin(const BuiltinRow& first, ValueKind kind) {
    for (const BuiltinRow* row = &first; row != nullptr; row = next_function(next_with_name(*row))) {
        if (row->accepts_first(kind)) return *row;
    }
    return first;
}

const BuiltinRow& select_builtin_without_arguments(const BuiltinRow& first) {
    for (const BuiltinRow* row = &first; row != nullptr; row = next_function(next_with_name(*row))) {
        if (row->required_count == 0) return *row;
    }
    return first;
}

bool is_overloaded(const BuiltinRow& first) { return next_function(next_with_name(first)) != nullptr; }

const BuiltinRow* find_builtin_method(ValueKind receiver, std::string_view name) {
    if (const BuiltinRow* row = find_method(receiver, name)) return row;
    const BuiltinAlias* alias = find_builtin_alias(name);
    return alias == nullptr ? nullptr : find_method(receiver, alias->main);
}

bool is_mutating_method_name(std::string_view name) {
    for (std::string_view each : kMutatingOfPrelude) {
        if (each == name) return true;
    }
    const BuiltinAlias* alias = find_builtin_alias(name);
    for (std::string_view candidate : {name, alias == nullptr ? name : alias->main}) {
        for (const BuiltinRow* row = first_row_named(candidate); row != nullptr; row = next_with_name(*row)) {
            if (row->is_mutating()) return true;
        }
    }
    return false;
}

const BuiltinRow* find_internal_builtin(std::string_view name) {
    const BuiltinRow* row = first_row_named(name);
    return row != nullptr && row->form == BuiltinForm::Internal ? row : nullptr;
}

const BuiltinAlias* find_builtin_alias(std::string_view name) {
    for (std::uint32_t slot = hash_name(name) % kSlotCount; kNames.slots[slot] != 0;
         slot = (slot + 1) % kSlotCount) {
        std::uint16_t entry = kNames.slots[slot];
        if ((entry & kAliasBit) == 0) continue;
        const BuiltinAlias& alias = kAliases[entry & ~kAliasBit];
        if (alias.name == name) return &alias;
    }
    return nullptr;
}

const AbsentBuiltin* find_absent_builtin(std::string_view name) {
    for (const AbsentBuiltin& absent : kAbsent) {
        if (absent.name == name) return &absent;
    }
    return nullptr;
}

// ---- Words for messages -----------------------------------------------------------------------------------

namespace {

// Adds the words for each alternative of `type` that are not there yet.
void add_words(std::string_view type, std::string* words, int* count) {
    while (!type.empty()) {
        std::size_t end = length_until(type, '|');
        std::string_view word = trim(type.substr(0, end));
        type.remove_prefix(end < type.size() ? end + 1 : end);
        bool is_nullable = word.ends_with('?');
        if (is_nullable) word.remove_suffix(1);
        word = word.substr(0, std::min(word.find_first_of("<("), word.size()));
        std::string text = word == "func" ? "function" : std::string(word);
        if (text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
        if (text == "task") text = "taskhandle";
        for (const std::string& each : {text, std::string(is_nullable ? "null" : "")}) {
            if (each.empty() || (", " + *words + ", ").find(", " + each + ", ") != std::string::npos)
                continue;
            if ((*count)++ > 0) *words += ", ";
            *words += each;
        }
    }
}

std::string with_or(std::string words) {
    std::size_t last = words.rfind(", ");
    if (last != std::string::npos) words.replace(last, 2, " or ");
    return words;
}

}  // namespace

std::string expected_kinds_text(std::string_view type) {
    std::string words;
    int count = 0;
    add_words(type, &words, &count);
    return with_or(words);
}

std::string expected_first_argument(const BuiltinRow& first) {
    std::string words;
    int count = 0;
    for (const BuiltinRow* row = &first; row != nullptr; row = next_function(next_with_name(*row))) {
        if (!row->parameters.empty()) add_words(row->parameters[0].type, &words, &count);
    }
    return with_or(words);
}

}  // namespace ruff
