# mmf_add_store(NAME store SCHEMA file.mmfs)
#
# Makes a library `store` of a schema: its header is "store.h", and a target that links with it also links with mmapforge.
# The schema is a path from the current source directory, or absolute; a file that another command makes is one, too.
# mmfgen runs again when the schema or mmfgen changes.
#
# MMF_MMFGEN is the path of an mmfgen to run in place of mmapforge::mmfgen. A build for another machine needs one that
# runs on this machine, of the same version as the library.

# mmf_store_generator(COMMAND): sets a variable to what is run, or ends with what to do.
function(mmf_store_generator out)
  if(MMF_MMFGEN)
    get_filename_component(program "${MMF_MMFGEN}" ABSOLUTE BASE_DIR "${CMAKE_BINARY_DIR}")
    if(NOT EXISTS "${program}" OR IS_DIRECTORY "${program}")
      message(FATAL_ERROR "mmf_add_store: MMF_MMFGEN is \"${MMF_MMFGEN}\", and there is no such program; "
                          "give the path of an mmfgen that runs on this machine")
    endif()
    set(${out} "${program}" PARENT_SCOPE)
    return()
  endif()
  if(NOT TARGET mmapforge::mmfgen)
    message(FATAL_ERROR "mmf_add_store: there is no target mmapforge::mmfgen here; call find_package(mmapforge), or "
                        "add_subdirectory, in this directory or one above it")
  endif()
  if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
    message(FATAL_ERROR "mmf_add_store: this build is for another machine (${CMAKE_SYSTEM_NAME} "
                        "${CMAKE_SYSTEM_PROCESSOR}), whose mmfgen does not run here; set MMF_MMFGEN to the path of "
                        "an mmfgen of the same version that does: -DMMF_MMFGEN=/path/to/bin/mmfgen")
  endif()
  set(${out} mmapforge::mmfgen PARENT_SCOPE)
endfunction()

function(mmf_add_store)
  set(usage "write mmf_add_store(NAME tick_store SCHEMA tick.mmfs)")
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;SCHEMA" "")

  if(DEFINED arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "mmf_add_store: unknown argument \"${arg_UNPARSED_ARGUMENTS}\"; ${usage}")
  endif()
  foreach(keyword IN ITEMS NAME SCHEMA)
    if("${arg_${keyword}}" STREQUAL "")
      message(FATAL_ERROR "mmf_add_store: ${keyword} is missing, or without a value; ${usage}")
    endif()
    set(times ${ARGV})
    list(FILTER times INCLUDE REGEX "^${keyword}$")
    list(LENGTH times count)
    if(count GREATER 1)
      message(FATAL_ERROR "mmf_add_store: ${keyword} is given ${count} times; ${usage}")
    endif()
  endforeach()

  # As gen/model/names_store.c has it, which also knows which words a store cannot be called by.
  if(NOT arg_NAME MATCHES "^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
    message(FATAL_ERROR "mmf_add_store: NAME is \"${arg_NAME}\"; it must be a C identifier in lower case: a letter, "
                        "then a-z, 0-9, and single _ between them")
  endif()
  if(TARGET "${arg_NAME}")
    message(FATAL_ERROR "mmf_add_store: there is a target \"${arg_NAME}\" already; choose another NAME")
  endif()

  get_filename_component(schema "${arg_SCHEMA}" ABSOLUTE)
  if(NOT schema MATCHES "\\.mmfs$")
    message(FATAL_ERROR "mmf_add_store(${arg_NAME}): SCHEMA is \"${arg_SCHEMA}\"; it must be a file whose name ends "
                        "in .mmfs")
  endif()
  # CMake splits lists at the one, and make takes the other for a comment.
  if("${schema}${CMAKE_CURRENT_BINARY_DIR}" MATCHES "[;#]")
    message(FATAL_ERROR "mmf_add_store(${arg_NAME}): neither the path of the schema nor that of the build may have a "
                        "';' or '#': ${schema}, ${CMAKE_CURRENT_BINARY_DIR}; rename or move it")
  endif()
  get_source_file_property(is_generated "${schema}" GENERATED)
  if(NOT is_generated AND (NOT EXISTS "${schema}" OR IS_DIRECTORY "${schema}"))
    message(FATAL_ERROR "mmf_add_store(${arg_NAME}): there is no schema ${schema}; give SCHEMA a path from "
                        "${CMAKE_CURRENT_SOURCE_DIR}, or an absolute one")
  endif()
  # Set where C is enabled for this directory, not only for one below it. Without it CMake's message is of itself.
  if(NOT CMAKE_C_COMPILE_OBJECT)
    message(FATAL_ERROR "mmf_add_store(${arg_NAME}): the library of a store is compiled as C, which this project does "
                        "not enable; write project(... LANGUAGES C CXX)")
  endif()

  mmf_store_generator(generator)
  # A directory of its own: nothing but this store's files is found through it.
  set(directory "${CMAKE_CURRENT_BINARY_DIR}/mmf/${arg_NAME}")
  file(MAKE_DIRECTORY "${directory}")
  get_filename_component(schema_name "${schema}" NAME)
  add_custom_command(
    OUTPUT "${directory}/${arg_NAME}.h" "${directory}/${arg_NAME}.c"
    COMMAND "${generator}" --schema "${schema}" --name "${arg_NAME}"
            --header "${directory}/${arg_NAME}.h" --source "${directory}/${arg_NAME}.c"
    DEPENDS "${schema}" "${generator}"
    COMMENT "Generating ${arg_NAME}.h from ${schema_name}"
    VERBATIM)

  # Two stores with a record of the same name cannot be in one program. Of two archives that define a function, a linker
  # takes the first without a word; this name, which it is told to look for, makes it take each store, and complain.
  set(anchor "mmf_store_target_${arg_NAME}")
  file(GENERATE OUTPUT "${directory}/${arg_NAME}_target.c" CONTENT
"/* The library ${arg_NAME}: its source, and a name by which every program that links with it takes all of it. */
#include \"${arg_NAME}.c\"

extern const char ${anchor};
const char ${anchor} = 1;
")
  set_source_files_properties("${directory}/${arg_NAME}.c" PROPERTIES HEADER_FILE_ONLY ON)
  add_library(${arg_NAME} STATIC
    "${directory}/${arg_NAME}_target.c" "${directory}/${arg_NAME}.c" "${directory}/${arg_NAME}.h")
  set_target_properties(${arg_NAME} PROPERTIES
    C_STANDARD 11
    C_STANDARD_REQUIRED ON
    C_EXTENSIONS OFF
    # A part of a shared library as well as of a program.
    POSITION_INDEPENDENT_CODE ON
    # install(TARGETS) installs it with the library. FILE_SET would need CMake 3.23.
    PUBLIC_HEADER "${directory}/${arg_NAME}.h")
  # As of a system, like those of the library: what the project's compiler warns of does not break its build.
  target_include_directories(${arg_NAME} PRIVATE "${directory}")
  target_include_directories(${arg_NAME} SYSTEM INTERFACE "$<BUILD_INTERFACE:${directory}>")
  target_link_libraries(${arg_NAME} PUBLIC mmapforge::mmapforge)
  target_link_options(${arg_NAME} INTERFACE "LINKER:--undefined=${anchor}")
endfunction()
