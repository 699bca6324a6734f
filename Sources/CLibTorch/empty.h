// libtorch has no C header: this target only carries its compiler and linker flags.
