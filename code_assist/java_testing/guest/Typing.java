package plumbguest;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TaskEvent;
import com.sun.source.util.TaskListener;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.Types;

/**
 * What the compiler made of a file: which overloads its calls are, of which type its choices are.
 *
 * <p>A wrong version beside the right one may change the type of both: of `i` and `text.charAt(i)`
 * one makes an `int`, and `append` of it is another method. The right version is not the right one
 * then.
 */
final class Typing implements TaskListener {
  /** A call or choice: what it is, and where in it wrong versions begin, or else probes. */
  private record Fact(String what, List<Long> inside) {}

  private static final String GUEST = "plumbguest.P.";

  private final Trees trees;
  private final Types types;
  private final Map<Long, List<Fact>> facts = new TreeMap<>();
  private final List<Long> torn = new ArrayList<>();

  Typing(JavacTask task) {
    trees = Trees.instance(task);
    types = task.getTypes();
  }

  @Override
  public void finished(TaskEvent event) {
    boolean own = event.getKind() == TaskEvent.Kind.ANALYZE && event.getTypeElement() != null && event.getSourceFile().toUri().getScheme().equals("string");
    TreePath path = own ? trees.getPath(event.getTypeElement()) : null;
    if (path != null && path.getLeaf() instanceof ClassTree) {
      new Scanner(event.getCompilationUnit()).scan(path, null);
    }
  }

  /** Return the places of wrong versions and probes that make something else of the right version. */
  List<Long> torn(Typing right) {
    if (!torn.isEmpty()) {
      return torn; // a call around one of them is no other one because of the rest in it
    }
    List<Long> found = new ArrayList<>();
    facts.forEach((line, here) -> {
      List<Fact> there = right.facts.getOrDefault(line, List.of());
      boolean same = there.size() == here.size();
      for (int index = 0; index < here.size(); index++) {
        if (!same || !here.get(index).what.equals(there.get(index).what)) {
          found.addAll(here.get(index).inside);
        }
      }
    });
    return found;
  }

  private static boolean isWrongVersion(ConditionalExpressionTree tree) {
    return tree.getCondition().toString().startsWith(GUEST + "m ");
  }

  private final class Scanner extends TreePathScanner<Void, Void> {
    private final CompilationUnitTree unit;

    Scanner(CompilationUnitTree unit) {
      this.unit = unit;
    }

    private long start(Tree tree) {
      return trees.getSourcePositions().getStartPosition(unit, tree);
    }

    private TypeMirror typeOf(ExpressionTree tree) {
      return trees.getTypeMirror(new TreePath(getCurrentPath(), tree));
    }

    @Override
    public Void visitConditionalExpression(ConditionalExpressionTree tree, Void none) {
      if (!isWrongVersion(tree)) {
        note(tree, kind(tree));
        return super.visitConditionalExpression(tree, none);
      }
      TypeMirror right = typeOf(tree.getFalseExpression());
      if (!keeps(trees.getTypeMirror(getCurrentPath()), typeOf(tree.getTrueExpression()), right)) {
        torn.add(start(tree) + 1);
      }
      return scan(tree.getFalseExpression(), none);
    }

    /** Whether a choice between a wrong and the right version is of the right version's type. */
    private boolean keeps(TypeMirror both, TypeMirror wrong, TypeMirror right) {
      if (both == null || wrong == null || right == null || right.getKind() == TypeKind.NULL) {
        return true;
      }
      if (right.getKind().isPrimitive()) {
        return types.isSameType(both, right) || both.getKind().isPrimitive() && isReturned();
      }
      return !wrong.getKind().isPrimitive() && types.isSubtype(types.erasure(wrong), types.erasure(right));
    }

    /** Whether the value goes straight into the result: widened there in any case. */
    private boolean isReturned() {
      TreePath above = getCurrentPath().getParentPath();
      while (above.getLeaf() instanceof ParenthesizedTree || above.getLeaf() instanceof ConditionalExpressionTree one && isWrongVersion(one)) {
        above = above.getParentPath();
      }
      return above.getLeaf() instanceof ReturnTree;
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree tree, Void none) {
      String called = tree.getMethodSelect().toString();
      if (called.equals(GUEST + "same")) { // stands for a call of equals(Object)
        note(tree, "equals(java.lang.Object)");
      } else if (!called.startsWith(GUEST)) {
        Element element = trees.getElement(getCurrentPath());
        boolean equality = tree.getArguments().size() == 1 && called.endsWith(".equals");
        note(tree, equality ? String.valueOf(element) : told(element));
      }
      return super.visitMethodInvocation(tree, none);
    }

    @Override
    public Void visitNewClass(NewClassTree tree, Void none) {
      note(tree, told(trees.getElement(getCurrentPath())));
      return super.visitNewClass(tree, none);
    }

    @Override
    public Void visitSwitchExpression(SwitchExpressionTree tree, Void none) {
      note(tree, kind(tree));
      return super.visitSwitchExpression(tree, none);
    }

    private String told(Element element) {
      return element instanceof ExecutableElement ? element.getEnclosingElement() + "." + element : "";
    }

    private String kind(ExpressionTree tree) {
      TypeMirror type = trees.getTypeMirror(getCurrentPath());
      return type == null ? "" : type.getKind().toString();
    }

    private void note(ExpressionTree tree, String what) {
      List<Long> wrong = new ArrayList<>();
      List<Long> probes = new ArrayList<>();
      new TreeScanner<Void, Void>() {
        @Override
        public Void visitConditionalExpression(ConditionalExpressionTree one, Void none) {
          if (isWrongVersion(one)) {
            wrong.add(start(one) + 1);
          }
          return super.visitConditionalExpression(one, none);
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree one, Void none) {
          if (one.getMethodSelect().toString().startsWith(GUEST)) {
            probes.add(start(one) + 1);
          }
          return super.visitMethodInvocation(one, none);
        }
      }.scan(tree, null);
      long line = unit.getLineMap().getLineNumber(start(tree));
      facts.computeIfAbsent(line, key -> new ArrayList<>()).add(new Fact(what, wrong.isEmpty() ? probes : wrong));
    }
  }
}
