#include "core/lang/foreign_words.h"

namespace ruff {
namespace {

constexpr ForeignWord kForeignWords[] = {
#define RUFF_FOREIGN_WORD(word, role, replacement, help) {word, ForeignRole::role, replacement, help},
#include "core/lang/foreign_words.def"
};

}  // namespace

const ForeignWord* find_foreign_word(std::string_view text) {
    for (const ForeignWord& word : kForeignWords) {
        if (word.text == text) return &word;
    }
    return nullptr;
}

}  // namespace ruff
