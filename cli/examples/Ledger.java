import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A small ledger: entries with a date, an account and an amount in cents. */
public final class Ledger {

    /** One booking; money that leaves the account is negative. */
    public record Entry(LocalDate day, String account, long cents) {}

    private final List<Entry> entries = new ArrayList<>();

    /** Books an entry. */
    public void add(Entry entry) {
        entries.add(entry);
    }

    /** Returns the balance of one account in cents. */
    public long balance(String account) {
        long sum = 0;
        for (Entry entry : entries) {
            if (entry.account().equals(account)) {
                sum += entry.cents();
            }
        }
        return sum;
    }

    /** Returns the balance of each account in cents. */
    public Map<String, Long> byAccount() {
        Map<String, Long> balances = new HashMap<>();
        for (Entry entry : entries) {
            balances.merge(entry.account(), entry.cents(), Long::sum);
        }
        return balances;
    }

    /** Returns the number of entries. */
    public int size() {
        return entries.size();
    }
}
