#include "core/lang/builtin_reference.h"

#include <algorithm>
#include <vector>

namespace ruff {
namespace {

const BuiltinFamilyInfo& info_of(BuiltinFamily family) {
    return all_builtin_families()[static_cast<std::size_t>(family)];
}

bool is_documented(const BuiltinRow& row, BuiltinFamily family) {
    return row.family == family && row.form != BuiltinForm::Internal;
}

// The names of a family, each once, in table order.
std::vector<std::string_view> names_of(BuiltinFamily family) {
    std::vector<std::string_view> names;
    for (const BuiltinRow& row : all_builtins()) {
        bool is_new = std::find(names.begin(), names.end(), row.name) == names.end();
        if (is_documented(row, family) && is_new) names.push_back(row.name);
    }
    return names;
}

// What heads of sections are called in links.
std::string anchor(std::string_view name) {
    std::string out(name);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::string aliases_of(std::string_view name) {
    std::string out;
    for (const BuiltinAlias& alias : all_builtin_aliases()) {
        if (alias.main == name) out += (out.empty() ? "`" : ", `") + std::string(alias.name) + "`";
    }
    return out;
}

// How a row is called, and what it needs: the line below its text.
std::string notes_of(const BuiltinRow& row) {
    std::vector<std::string> notes;
    if (row.form == BuiltinForm::Method) notes.push_back("Also a method.");
    if (row.form == BuiltinForm::MethodOnly) notes.push_back("A method only.");
    if (row.form == BuiltinForm::MutatingMethod)
        notes.push_back("A mutating method: it changes the place it is called on.");
    if (row.has_effect(effects::Suspends)) notes.push_back("The fiber may wait.");
    if (row.capability != Capability::None) {
        notes.push_back("Capability: `" + std::string(capability_flag(row.capability)) + "`.");
    }
    std::string out;
    for (const std::string& note : notes) out += (out.empty() ? "" : " ") + note;
    return out;
}

void append_row(std::string& out, const BuiltinRow& row) {
    out += "```text\n" + std::string(row.signature) + "\n```\n\n" + std::string(row.doc) + "\n\n";
    std::string notes = notes_of(row);
    if (!notes.empty()) out += notes + "\n\n";
    out += "```ruff\n" + std::string(row.example) + "\n```\n";
}

}  // namespace

std::string builtin_reference_page(BuiltinFamily family) {
    const BuiltinFamilyInfo& info = info_of(family);
    std::string out = "# " + std::string(info.title) + "\n\n" + std::string(info.doc) + "\n\n";
    for (std::string_view name : names_of(family)) {
        out += (out.ends_with("\n\n") ? "[`" : " ·\n[`") + std::string(name) + "`](#" + anchor(name) + ")";
    }
    out += "\n";
    for (std::string_view name : names_of(family)) {
        out += "\n## " + std::string(name) + "\n\n";
        bool is_first = true;
        for (const BuiltinRow& row : all_builtins()) {
            if (!is_documented(row, family) || row.name != name) continue;
            if (!is_first) out += "\n";
            append_row(out, row);
            is_first = false;
        }
        std::string aliases = aliases_of(name);
        if (!aliases.empty()) out += "\nOther names, which the linter replaces: " + aliases + ".\n";
    }
    return out;
}

std::string builtin_reference_index() {
    std::string out =
        "# Builtins\n\n"
        "Functions never change their arguments; mutating methods change the place they are called on. A "
        "builtin whose\n"
        "first parameter is of a kind is also a method of that kind: `xs.map(f)` is `map(xs, f)`. What is "
        "not there is\n"
        "`null`. Wrong kinds raise an error of kind `\"type\"`, wrong values one of kind `\"value\"`.\n\n";
    for (const BuiltinFamilyInfo& info : all_builtin_families()) {
        out += "- [" + std::string(info.title) + "](" + std::string(info.id) + ".md)";
        if (!info.doc.empty()) out += ": " + std::string(info.doc);
        out += "\n";
    }
    return out;
}

}  // namespace ruff
