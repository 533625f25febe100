# ruff_room(name DEPS room... [EXTERNAL library...])
#
# Declares the room `name`: one static library `ruff_<name>` of every .cpp below the current folder (main.cpp is left
# out, it belongs to the executable). A room without sources yet is an INTERFACE library, so it can be linked all the
# same. DEPS is checked against cmake/layers.txt, the same table that scripts/check_layers.py checks includes with.

set(RUFF_LAYERS_FILE "${CMAKE_CURRENT_LIST_DIR}/layers.txt")
set_property(DIRECTORY "${CMAKE_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${RUFF_LAYERS_FILE}")

# Fills RUFF_ROOMS (in table order) and RUFF_LAYER_<room> (every room it may reach). The table is sorted bottom-up,
# so what the rooms below may reach is known when a line is read.
file(STRINGS "${RUFF_LAYERS_FILE}" layer_lines REGEX "^[a-z]")
set(RUFF_ROOMS "")
set(RUFF_ROOM_FOLDERS "")
foreach(line IN LISTS layer_lines)
    string(REGEX MATCH "^([a-z]+) +([a-z/]+) *:(.*)$" matched "${line}")
    set(room "${CMAKE_MATCH_1}")
    set(folder "${CMAKE_MATCH_2}")
    string(REGEX MATCHALL "[a-z]+" below "${CMAKE_MATCH_3}")
    set(RUFF_LAYER_${room} ${below})
    foreach(lower IN LISTS below)
        if(NOT lower IN_LIST RUFF_ROOMS)
            message(FATAL_ERROR "cmake/layers.txt: `${room}` names `${lower}`, which no line above it declares")
        endif()
        list(APPEND RUFF_LAYER_${room} ${RUFF_LAYER_${lower}})
    endforeach()
    list(REMOVE_DUPLICATES RUFF_LAYER_${room})
    list(APPEND RUFF_ROOMS ${room})
    list(APPEND RUFF_ROOM_FOLDERS ${folder})
endforeach()

function(ruff_room name)
    cmake_parse_arguments(ROOM "" "" "DEPS;EXTERNAL" ${ARGN})
    if(NOT name IN_LIST RUFF_ROOMS)
        message(FATAL_ERROR "room `${name}` has no line in cmake/layers.txt")
    endif()
    foreach(lower IN LISTS ROOM_DEPS)
        if(NOT lower IN_LIST RUFF_LAYER_${name})
            message(FATAL_ERROR "cmake/layers.txt does not allow `${name}` to link `${lower}`")
        endif()
    endforeach()

    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
    list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
    list(TRANSFORM ROOM_DEPS PREPEND "ruff_")
    if(sources)
        add_library(ruff_${name} STATIC ${sources})
        target_link_libraries(ruff_${name} PUBLIC ruff_settings ${ROOM_DEPS} PRIVATE ${ROOM_EXTERNAL})
    else()
        add_library(ruff_${name} INTERFACE)
        target_link_libraries(ruff_${name} INTERFACE ruff_settings ${ROOM_DEPS} ${ROOM_EXTERNAL})
    endif()
endfunction()

# ruff_program(name room): the executable `name` of the room's main.cpp, when that file exists.
function(ruff_program name room)
    if(EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/main.cpp")
        add_executable(${name} main.cpp)
        target_link_libraries(${name} PRIVATE ruff_${room})
        if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT RUFF_SANITIZE)
            target_link_options(${name} PRIVATE -static-libstdc++ -static-libgcc)
        endif()
        install(TARGETS ${name} RUNTIME)
    endif()
    # A main.cpp that appears later is noticed by the next build.
    file(GLOB main_file CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/main.cpp")
endfunction()
