package plumbguest;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Carries out calls that may never end: a thread that is stuck is left behind. */
final class Worker {
  private static final int MOST_STUCK = 4;
  private static final long PATIENCE = 8000;

  private ExecutorService executor = make();
  private int stuck;
  private volatile Thread thread;

  private ExecutorService make() {
    return Executors.newSingleThreadExecutor(task -> {
      thread = new Thread(null, task, "call", 1 << 21);
      thread.setDaemon(true);
      return thread;
    });
  }

  /** Whether so many threads are stuck that nothing more should be tried. */
  boolean isLost() {
    return stuck >= MOST_STUCK;
  }

  Outcome run(Supplier<Outcome> task) {
    Future<Outcome> future = executor.submit(task::get);
    try {
      return future.get(PATIENCE, TimeUnit.MILLISECONDS);
    } catch (TimeoutException error) {
      P.stuck = thread;
      stuck++;
      executor.shutdownNow();
      executor = make();
      return Outcome.unfit("it does not end in time");
    } catch (ExecutionException | InterruptedException error) {
      return Outcome.unfit("it ended the thread: " + error.getCause());
    }
  }
}
