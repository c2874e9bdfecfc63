# What an installation consists of; CMakeLists.txt includes this where there is to be one.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_directory "${CMAKE_INSTALL_LIBDIR}/cmake/mmapforge")
set(made "${CMAKE_CURRENT_BINARY_DIR}/package")

install(TARGETS ${libraries} mmfgen mmf
  EXPORT mmapforge
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}"
  INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/core/include/mmapforge" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.h")
install(FILES "${CMAKE_CURRENT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")

# For find_package(mmapforge 0.2 CONFIG). Before 1.0 a minor version may break what programs call.
configure_package_config_file("${CMAKE_CURRENT_SOURCE_DIR}/tools/cmake/mmapforgeConfig.cmake.in"
  "${made}/mmapforgeConfig.cmake"
  INSTALL_DESTINATION "${package_directory}"
  NO_SET_AND_CHECK_MACRO
  NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file("${made}/mmapforgeConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(EXPORT mmapforge NAMESPACE mmapforge:: FILE mmapforgeTargets.cmake DESTINATION "${package_directory}")
install(FILES "${made}/mmapforgeConfig.cmake" "${made}/mmapforgeConfigVersion.cmake"
  "${CMAKE_CURRENT_SOURCE_DIR}/tools/cmake/mmf_add_store.cmake"
  DESTINATION "${package_directory}")

# For pkg-config. Every path is from the file itself, which may be moved with its tree.
file(RELATIVE_PATH to_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" to_prefix "${to_prefix}")
foreach(place IN ITEMS LIBDIR INCLUDEDIR BINDIR)
  file(RELATIVE_PATH from_prefix_${place} "${CMAKE_INSTALL_PREFIX}" "${CMAKE_INSTALL_FULL_${place}}")
endforeach()
configure_file("${CMAKE_CURRENT_SOURCE_DIR}/tools/cmake/mmapforge.pc.in" "${made}/mmapforge.pc" @ONLY)
install(FILES "${made}/mmapforge.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
