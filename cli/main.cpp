#include <string_view>
#include <vector>

#include "cli/command.h"

int main(int argument_count, char** arguments) {
    std::vector<std::string_view> words(arguments + (argument_count > 0 ? 1 : 0), arguments + argument_count);
    return ruff::cli::run_command_line(words);
}
