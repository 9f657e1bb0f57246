package io.eventplatform.classpath;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The class path of the tests once more, with an older jar, which the build put into {@code target/older-libraries}. */
public final class OlderLibrary implements AutoCloseable {

    private final Path jar;
    private final URLClassLoader classes;

    private OlderLibrary(Path jar, URLClassLoader classes) {
        this.jar = jar;
        this.classes = classes;
    }

    public static OlderLibrary of(String artifact, String version) throws IOException {
        Path jar = Path.of("target", "older-libraries", artifact + "-" + version + ".jar")
                .toAbsolutePath();
        if (!Files.isRegularFile(jar)) {
            throw new IOException(jar + " is missing; the pom has the execution older-libraries for it");
        }
        List<URL> urls = new ArrayList<>(List.of(url(jar)));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!new File(entry).getName().startsWith(artifact + "-")) {
                urls.add(url(Path.of(entry)));
            }
        }
        return new OlderLibrary(
                jar, new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader()));
    }

    public URL location() throws MalformedURLException {
        return url(jar);
    }

    /** Runs a task that has a constructor without parameters; it and all it uses are loaded anew. */
    public void run(Class<? extends Runnable> task) throws ReflectiveOperationException {
        ((Runnable) classes.loadClass(task.getName()).getDeclaredConstructor().newInstance()).run();
    }

    @Override
    public void close() throws IOException {
        classes.close();
    }

    private static URL url(Path file) throws MalformedURLException {
        return file.toUri().toURL();
    }
}
