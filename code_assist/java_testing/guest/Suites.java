package plumbguest;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs a test class with JUnit: in another order, time zone and language each time. */
final class Suites {
  private static final String[] ZONES = {"UTC", "Asia/Tokyo", "America/New_York"};
  private static final Locale[] LOCALES = {Locale.ENGLISH, Locale.GERMANY, Locale.JAPAN};

  private Suites() {}

  /** Return how each test ended: nothing, or what went wrong. */
  static Map<String, String> run(Class<?> tests, int number, double seconds) throws InterruptedException {
    Map<String, String> outcomes = new LinkedHashMap<>();
    TimeZone.setDefault(TimeZone.getTimeZone(ZONES[number % ZONES.length]));
    Locale.setDefault(LOCALES[number % LOCALES.length]);
    LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
        .selectors(DiscoverySelectors.selectClass(tests))
        .configurationParameter("junit.jupiter.testmethod.order.default", "org.junit.jupiter.api.MethodOrderer$Random")
        .configurationParameter("junit.jupiter.execution.order.random.seed", Integer.toString(number))
        .build();
    TestExecutionListener listener = new TestExecutionListener() {
      @Override
      public void executionFinished(TestIdentifier one, TestExecutionResult result) {
        if (one.getSource().orElse(null) instanceof MethodSource source) {
          String why = result.getThrowable().map(Throwable::toString).orElse(result.getStatus().toString());
          outcomes.put(source.getMethodName(), result.getStatus() == TestExecutionResult.Status.SUCCESSFUL ? "" : why);
        } else if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
          outcomes.put("", result.getThrowable().map(Throwable::toString).orElse(""));
        }
      }
    };
    ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
      Thread thread = new Thread(null, task, "tests", 1 << 22);
      thread.setContextClassLoader(tests.getClassLoader());
      thread.setDaemon(true);
      return thread;
    });
    Future<?> future = executor.submit(() -> LauncherFactory.create().execute(request, listener));
    try {
      future.get((long) (seconds * 1000), TimeUnit.MILLISECONDS);
    } catch (TimeoutException error) {
      outcomes.put("", "too slow");
    } catch (java.util.concurrent.ExecutionException error) {
      outcomes.put("", error.getCause().toString());
    }
    executor.shutdownNow();
    return outcomes;
  }
}
